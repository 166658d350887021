import type { Seeded } from './seed.ts'
import type { DemoTrace } from './traces/trace.ts'

/** What was written, and where to look first, for the terminal. `loginLink` where a server was started for it. */
export function whatToSee(
  { hour, liveCalls, joined, spans }: Seeded,
  { publicUrl, loginLink }: { publicUrl: string; loginLink?: string | undefined },
): string {
  const traces = `${publicUrl}/p/default/traces`
  const filtered = (filter: string) => `${traces}?filter=${encodeURIComponent(filter)}`
  const rows: [string, string][] = [
    [`OpenAI is slow ${clock(hour.slow.from)}–${clock(hour.slow.to)}`, `${publicUrl}/p/default/overview?range=1h`],
    ['What failed', filtered('status:eq:error')],
    ['3,000 spans in one trace', linkOf(traces, hour.clustering)],
    ['A trace whose root never came', linkOf(traces, hour.rootless)],
    ['A model without a price', filtered('model:eq:llama-3.3-70b-instruct')],
    ['Calls through the gateway', filtered('source:eq:gateway')],
    ['Another target answered', filtered('attempts:gt:1')],
    ['Answers from the cache', `${publicUrl}/p/default/cache?range=1h`],
    ['What each customer used', `${publicUrl}/p/default/keys/budgets?budget=per-customer`],
    ['App and gateway in one trace', linkOf(traces, joined)],
  ]
  const width = Math.max(...rows.map(([what]) => what.length))
  return [
    '',
    `Support copilot of an outdoor shop: ${count(hour.traces.length)} traces with ${count(spans)} spans, ${clock(hour.startsAt)}–${clock(hour.endsAt)}, and ${liveCalls} live calls.`,
    '',
    ...(loginLink ? ['Log in (this link works once):', `  ${loginLink}`] : [`Open ${publicUrl}`]),
    '',
    'What to look at:',
    ...rows.map(([what, link]) => `  ${what.padEnd(width)}  ${link}`),
    '',
  ].join('\n')
}

const linkOf = (traces: string, { traceId }: DemoTrace): string => `${traces}/${traceId}`
const clock = (at: number): string => new Date(at).toTimeString().slice(0, 5)
const count = (number: number): string => number.toLocaleString('en-US')
