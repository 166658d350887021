import type { DemoWeek } from './demo-week.ts'
import type { LiveCalls } from './live-calls.ts'
import { HOUR, type Period } from './story.ts'

/** A page behind `/p/PROJECT`, and why to look at it. */
export type Pointer = { title: string; path: string }

/** Where to look first. */
export function worthSeeing({ story, clustering, rootless, vague }: DemoWeek, live: LiveCalls): Pointer[] {
  const { badDeploy, incident } = story
  const filtered = (filter: string, range = 'range=7d') => `/traces?${range}&filter=${encodeURIComponent(filter)}`
  return [
    { title: `The week, with a bad deploy on ${dayOf(badDeploy.from)} that was rolled back`, path: '/overview?range=7d' },
    { title: 'The dashboard of the shop: thumbs, latency, cost by type of ticket', path: '/dashboards' },
    { title: 'What failed while it was live', path: filtered('status:eq:error', rangeOf(badDeploy)) },
    { title: 'A thumbs-down: "Too vague"', path: `/traces/${vague.traceId}` },
    { title: `OpenAI was slow on ${dayOf(incident.from)}`, path: `/overview?${rangeOf(incident)}` },
    {
      title: 'A prompt that was made easier to read, lost the clauses that matter, and went back',
      path: '/prompts/contracts/summary?tab=versions',
    },
    { title: 'Conversations, the dearest first', path: '/sessions?range=7d&sort=-costUsd' },
    { title: '3,000 spans in one trace', path: `/traces/${clustering.traceId}` },
    { title: 'A trace whose root never came', path: `/traces/${rootless.traceId}` },
    { title: 'A model without a price', path: filtered('model:eq:llama-3.3-70b-instruct') },
    { title: 'Calls through the gateway: what helped at the peak', path: '/overview?range=1h' },
    { title: 'Another target answered', path: filtered('attempts:gt:1') },
    { title: 'Answers from the cache', path: '/cache?range=1h' },
    { title: 'App and gateway in one trace', path: `/traces/${live.last.traceId}` },
  ]
}

const dayOf = (at: number): string => new Date(at).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' })
/** With some time before and after it, to compare. */
const rangeOf = ({ from, to }: Period): string => {
  const around = 2 * HOUR
  return `from=${new Date(from - around).toISOString()}&to=${new Date(to + around).toISOString()}`
}
