import type { Input } from '@signalbox/sdk'

type Given = Input<'dashboards.create'>['dashboard']
export type Template = { id: string; says: string; dashboard: Given }

const MODEL = { name: 'model', field: 'model' }
const ERROR_RATE = [
  { at: 0, status: 'ok' as const, words: 'healthy' },
  { at: 0.02, status: 'warning' as const, words: 'raised' },
  { at: 0.1, status: 'error' as const, words: 'failing' },
]

/** Dashboards to begin with. */
export const TEMPLATES: Template[] = [
  {
    id: 'cost',
    says: 'What is spent, on which models, by which keys and users.',
    dashboard: {
      name: 'Cost',
      description: 'What is spent, on which models, by which keys and users.',
      variables: [MODEL, { name: 'provider', field: 'provider' }],
      panels: [
        { id: 'cost', kind: 'number', w: 3, h: 2, query: { measures: ['costUsd'] } },
        { id: 'tokens', kind: 'number', w: 3, h: 2, query: { measures: ['totalTokens'] } },
        { id: 'saved', kind: 'number', w: 3, h: 2, query: { measures: ['savedUsd'] } },
        { id: 'unpriced', kind: 'number', w: 3, h: 2, query: { measures: ['unpriced'] } },
        { id: 'by-model', title: 'Cost by model', kind: 'stacked', w: 8, h: 5, query: { measures: ['costUsd'], dimensions: ['model'] } },
        {
          id: 'top-models',
          title: 'Most expensive models',
          kind: 'top',
          w: 4,
          h: 5,
          query: { measures: ['costUsd'], dimensions: ['model'] },
        },
        { id: 'tokens-over-time', title: 'Tokens', kind: 'stacked', w: 6, h: 4, query: { measures: ['inputTokens', 'outputTokens'] } },
        { id: 'by-key', title: 'Cost by key', kind: 'top', w: 3, h: 4, query: { measures: ['costUsd'], dimensions: ['keyId'] } },
        { id: 'by-user', title: 'Cost by user', kind: 'top', w: 3, h: 4, query: { measures: ['costUsd'], dimensions: ['userId'] } },
      ],
    },
  },
  {
    id: 'latency',
    says: 'How fast and how surely answers come, by model and provider.',
    dashboard: {
      name: 'Latency & reliability',
      description: 'How fast and how surely answers come, by model and provider.',
      variables: [MODEL, { name: 'provider', field: 'provider' }],
      panels: [
        { id: 'error-rate', kind: 'number', w: 3, h: 2, query: { measures: ['errorRate'] }, thresholds: ERROR_RATE },
        { id: 'calls', kind: 'number', w: 3, h: 2, query: { measures: ['calls'] } },
        { id: 'p95', kind: 'number', w: 3, h: 2, query: { measures: ['durationP95'] } },
        { id: 'first-token', kind: 'number', w: 3, h: 2, query: { measures: ['firstTokenP95'] } },
        { id: 'latency', title: 'Latency', kind: 'line', query: { measures: ['durationP50', 'durationP95', 'durationP99'] } },
        { id: 'outcomes', title: 'Outcomes', kind: 'stacked', query: { measures: ['calls'], dimensions: ['status'] } },
        { id: 'errors-by-model', title: 'Error rate by model', kind: 'line', query: { measures: ['errorRate'], dimensions: ['model'] } },
        {
          id: 'error-types',
          title: 'Errors by type',
          kind: 'stacked',
          query: { measures: ['errors'], dimensions: ['errorType'], filters: [{ field: 'errorType', op: 'exists' }] },
        },
        {
          id: 'models',
          title: 'Models',
          kind: 'table',
          w: 12,
          query: {
            measures: ['calls', 'errorRate', 'durationP50', 'durationP95', 'firstTokenP95', 'tokensPerSecond'],
            dimensions: ['model', 'provider'],
          },
        },
      ],
    },
  },
  {
    id: 'users',
    says: 'Who uses it how much, and what that costs.',
    dashboard: {
      name: 'Users',
      description: 'Who uses it how much, and what that costs.',
      variables: [{ name: 'user', field: 'userId' }],
      panels: [
        { id: 'traces', kind: 'number', w: 4, h: 2, query: { measures: ['traces'] } },
        { id: 'calls', kind: 'number', w: 4, h: 2, query: { measures: ['calls'] } },
        { id: 'cost', kind: 'number', w: 4, h: 2, query: { measures: ['costUsd'] } },
        {
          id: 'calls-by-user',
          title: 'Calls by user',
          kind: 'heatmap',
          w: 8,
          h: 5,
          limit: 15,
          query: { measures: ['calls'], dimensions: ['userId'] },
        },
        { id: 'top', title: 'Most expensive users', kind: 'top', w: 4, h: 5, query: { measures: ['costUsd'], dimensions: ['userId'] } },
        {
          id: 'table',
          title: 'Users',
          kind: 'table',
          w: 12,
          h: 5,
          limit: 50,
          query: { measures: ['calls', 'traces', 'errorRate', 'totalTokens', 'costUsd', 'durationP95'], dimensions: ['userId'] },
        },
      ],
    },
  },
  {
    id: 'cache',
    says: 'What kept answers save, and where they help.',
    dashboard: {
      name: 'Cache',
      description: 'What kept answers save, and where they help.',
      variables: [MODEL],
      panels: [
        { id: 'rate', kind: 'number', w: 3, h: 2, query: { measures: ['cacheHitRate'] } },
        { id: 'hits', kind: 'number', w: 3, h: 2, query: { measures: ['cacheHits'] } },
        { id: 'saved', kind: 'number', w: 3, h: 2, query: { measures: ['savedUsd'] } },
        { id: 'time', kind: 'number', w: 3, h: 2, query: { measures: ['savedSeconds'] } },
        { id: 'over-time', title: 'Hits and misses', kind: 'stacked', query: { measures: ['cacheHits', 'cacheMisses'] } },
        {
          id: 'rate-over-time',
          title: 'Hit rate by model',
          kind: 'line',
          query: { measures: ['cacheHitRate'], dimensions: ['requestModel'] },
        },
        {
          id: 'models',
          title: 'By model',
          kind: 'table',
          w: 12,
          query: {
            measures: ['cacheHitRate', 'cacheHits', 'cacheSemanticHits', 'cacheMisses', 'savedUsd', 'savedSeconds'],
            dimensions: ['requestModel'],
          },
        },
      ],
    },
  },
  {
    id: 'feedback',
    says: 'What people say about the answers, over time and by model.',
    dashboard: {
      name: 'Feedback',
      description: 'What people say about the answers, over time and by model.',
      variables: [MODEL, { name: 'release', field: 'release' }],
      panels: [
        { id: 'up', title: 'Thumbs up', kind: 'number', w: 3, h: 2, query: { measures: ['scoreTrue.thumbs'] } },
        { id: 'down', title: 'Thumbs down', kind: 'number', w: 3, h: 2, query: { measures: ['scoreFalse.thumbs'] } },
        { id: 'share', title: 'Share of thumbs up', kind: 'number', w: 3, h: 2, query: { measures: ['scoreAvg.thumbs'] } },
        { id: 'rating', title: 'Rating', kind: 'number', w: 3, h: 2, query: { measures: ['scoreAvg.rating'] } },
        { id: 'over-time', title: 'Thumbs', kind: 'stacked', query: { measures: ['scoreTrue.thumbs', 'scoreFalse.thumbs'] } },
        {
          id: 'by-model',
          title: 'Share of thumbs up by model',
          kind: 'line',
          query: { measures: ['scoreAvg.thumbs'], dimensions: ['model'] },
        },
        {
          id: 'releases',
          title: 'By release',
          kind: 'table',
          w: 12,
          query: {
            measures: ['scoreCount.thumbs', 'scoreTrue.thumbs', 'scoreFalse.thumbs', 'scoreAvg.thumbs', 'scoreAvg.rating'],
            dimensions: ['release', 'model'],
          },
        },
      ],
    },
  },
]
