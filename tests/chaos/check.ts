import type { Seen } from './call.ts'
import { isHarmless, isPassedOver, nameOf, TARGETS, type TargetName, textAt } from './plan.ts'
import type { Chaos } from './world.ts'

/**
 * What is not as it must be in what a client saw, in words. `order`: the targets that the alias has. `mayStop`: a budget can end the call
 * after a try.
 */
export function problemsOf(seen: Seen, order: readonly TargetName[], mayStop = false): string[] {
  const { plan, text, clean, left, status, raw } = seen
  const problems: string[] = []
  const from = TARGETS.find((name) => text !== '' && textAt(name, plan.id).startsWith(text))
  const where = `${plan.id} (${plan.dialect}, ${plan.model}, ${plan.stream ? 'stream' : 'whole'}, ${JSON.stringify(plan.faults)})`
  if (text !== '' && !from) problems.push(`${where} got an answer that no target gave: ${text}`)
  if (clean && (!from || text !== textAt(from, plan.id))) problems.push(`${where} ended well and is not whole: ${text}`)
  if (clean && from && !isHarmless(plan.faults[from]) && plan.faults[from].times === undefined)
    problems.push(`${where} ended well, and its target failed`)
  if (left) return problems
  // Whatever is no answer says so: by its status, by an event of its dialect, or by breaking off.
  if (seen.broken) problems.push(`${where} was given an event that it cannot read: ${raw}`)
  if (!clean && status === 200 && seen.whole && !/error|failed|incomplete/i.test(raw))
    problems.push(`${where} failed without a word: ${raw}`)
  if (status === 0) problems.push(`${where} got no answer at all`)
  const first = order.find((name) => !isPassedOver(plan.faults[name], plan.stream))
  const hopeful = first !== undefined && isHarmless(plan.faults[first])
  if (hopeful && !clean && !mayStop && plan.model === 'three')
    problems.push(`${where} could have been answered by ${first}, and got ${status}: ${raw}`)
  return problems
}

export type StoredCall = {
  sessionId: string | null
  traceId: string
  spanId: string
  parentId: string | null
  operation: string | null
  status: string
  attempts: number
  provider: string | null
  cost: string | null
  costUsd: string | null
}

/** All spans of our own calls of one environment. */
export async function storedCalls({ api }: Chaos, environment: string): Promise<StoredCall[]> {
  const filter = encodeURIComponent(JSON.stringify([{ field: 'environment', op: 'eq', value: environment }]))
  const found: StoredCall[] = []
  let cursor: string | undefined
  do {
    const page = await api<{ spans: StoredCall[]; nextCursor?: string }>(
      `/api/v1/spans?limit=500&filter=${filter}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    found.push(...page.spans)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return found
}

/** Refused by a limit or a budget: no provider was asked, and of many in a second only some are written down. */
export const isRefused = ({ status, headers }: Seen): boolean =>
  (status === 402 || status === 429) && headers['x-signalbox-provider'] === undefined

/** Every call that was sent has exactly one span of a call, with the end that its client saw. */
export function problemsInStore(all: readonly Seen[], stored: readonly StoredCall[]): string[] {
  const problems: string[] = []
  const byCall = Map.groupBy(
    stored.filter(({ operation }) => operation !== 'attempt'),
    ({ sessionId }) => sessionId ?? '',
  )
  for (const one of all) {
    const { plan, clean, left, status, headers } = one
    const id = nameOf(plan)
    const unheard = isRefused(one) || (plan.mayGoUnheard && left && status === 0)
    if (unheard && !byCall.has(id)) continue
    const spans = byCall.get(id) ?? []
    byCall.delete(id)
    const [span] = spans
    if (spans.length !== 1 || !span) {
      problems.push(`${id} has ${spans.length} spans`)
      continue
    }
    // A client that left may have had everything.
    if (clean && span.status !== 'ok') problems.push(`${id} ended well and is stored as ${span.status}`)
    if (!clean && !left && span.status === 'ok') problems.push(`${id} failed (${status}) and is stored as ok`)
    if (left && span.status !== 'aborted' && span.status !== 'ok') problems.push(`${id} was left and is stored as ${span.status}`)
    const told = headers['x-signalbox-attempts']
    if (told !== undefined && span.attempts !== Number(told)) problems.push(`${id} said ${told} attempts and has ${span.attempts}`)
    const traceId = headers['x-signalbox-trace-id']
    if (traceId !== undefined && traceId !== span.traceId) problems.push(`${id} said that its trace is ${traceId}`)
  }
  for (const id of byCall.keys()) problems.push(`${id} is stored and was never sent`)
  return problems
}
