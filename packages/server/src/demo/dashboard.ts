import type { Input } from '@signalbox/sdk'

const copilot = { field: 'service', op: 'eq', value: 'support-copilot' } as const
const turns = [{ field: 'entry', op: 'eq', value: true }] as const

/** What the people of the shop look at each morning: what the business calls things, not what the technology does. */
export const DEMO_DASHBOARD: Input<'dashboards.create'> = {
  shared: true,
  dashboard: {
    name: 'Support copilot',
    description: 'Are customers helped, how quickly, and for how much?',
    range: '7d',
    filters: [copilot],
    variables: [
      { name: 'environment', title: 'Environment', field: 'environment', default: 'production' },
      { name: 'type', title: 'Ticket type', field: 'metadata.ticketType' },
    ],
    panels: [
      {
        id: 'helpful',
        title: 'Thumbs up',
        kind: 'number',
        w: 3,
        h: 2,
        query: { measures: ['scoreAvg.thumbs'] },
      },
      { id: 'turns', title: 'Answers', kind: 'number', w: 3, h: 2, query: { measures: ['traces'] } },
      {
        id: 'slow',
        title: 'Answer, 95th percentile',
        kind: 'number',
        w: 3,
        h: 2,
        query: { measures: ['durationP95'], filters: [...turns] },
      },
      { id: 'cost', title: 'Cost', kind: 'number', w: 3, h: 2, query: { measures: ['costUsd'] } },
      {
        id: 'thumbs',
        title: 'What customers say',
        kind: 'line',
        w: 6,
        h: 4,
        query: { measures: ['scoreTrue.thumbs', 'scoreFalse.thumbs'], bucket: '6h' },
      },
      {
        id: 'latency',
        title: 'How long an answer takes',
        kind: 'line',
        w: 6,
        h: 4,
        query: { measures: ['durationP50', 'durationP95'], filters: [...turns] },
      },
      {
        id: 'types',
        title: 'Cost by type of ticket',
        kind: 'stacked',
        w: 6,
        h: 4,
        query: { measures: ['costUsd'], dimensions: ['metadata.ticketType'], bucket: 'day' },
      },
      {
        id: 'releases',
        title: 'Releases',
        kind: 'table',
        w: 6,
        h: 4,
        query: { measures: ['calls', 'errorRate', 'durationP95', 'scoreAvg.thumbs', 'scoreAvg.groundedness'], dimensions: ['release'] },
      },
      {
        id: 'errors',
        title: 'What fails',
        kind: 'stacked',
        w: 6,
        h: 4,
        query: { measures: ['errors'], dimensions: ['errorType'], filters: [{ field: 'status', op: 'eq', value: 'error' }] },
      },
      {
        id: 'customers',
        title: 'Customers with the highest cost',
        kind: 'top',
        w: 6,
        h: 4,
        limit: 8,
        query: { measures: ['costUsd'], dimensions: ['userId'] },
      },
    ],
  },
}
