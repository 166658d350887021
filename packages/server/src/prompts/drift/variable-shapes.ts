import type { VariableChange } from '@signalbox/schema'

/** Of one variable: how often it was there, null, of which type, and how long (mean and spread of the logarithm). */
export type Stat = { n: number; none: number; missing: number; types: Record<string, number>; sized: number; mean: number; m2: number }
/** What is usual for each variable of a prompt, and what came since it was compared last. */
export type Shapes = Record<string, { usual: Stat; recent: Stat }>
export type ChangedVariable = { name: string; change: VariableChange; before: string; now: string; count: number }

/** So many calls are compared with what is usual, once that is known from so many. */
const COMPARED = 20
const USUAL = 60
/** What is usual follows what comes: older calls count for less. */
const REMEMBERED = 1000
const MOST_VARIABLES = 50
/** By how much of all calls it has to be more. */
const MORE_OFTEN = 0.2
/** Three times as long, or a third. */
const MUCH_LONGER = Math.log(3)

const none = (): Stat => ({ n: 0, none: 0, missing: 0, types: {}, sized: 0, mean: 0, m2: 0 })

/** Counts how the variables of one call look (`text 120`, `null`, …), changing `shapes`. What changed is told when enough calls came. */
export function countShapes(shapes: Shapes, call: Readonly<Record<string, string>>): ChangedVariable[] {
  const changed: ChangedVariable[] = []
  for (const name of Object.keys(call))
    if (!Object.hasOwn(shapes, name) && Object.keys(shapes).length < MOST_VARIABLES) shapes[name] = { usual: none(), recent: none() }
  for (const [name, of] of Object.entries(shapes)) {
    count(of.recent, Object.hasOwn(call, name) ? call[name] : undefined)
    if (of.recent.n < COMPARED) continue
    if (of.usual.n >= USUAL) for (const change of changesIn(of.usual, of.recent)) changed.push({ name, ...change, count: of.recent.n })
    shapes[name] = { usual: together(of.usual, of.recent), recent: none() }
  }
  return changed
}

function count(stat: Stat, shape: string | undefined): void {
  stat.n++
  if (shape === undefined) {
    stat.missing++
    return
  }
  if (shape === 'null') {
    stat.none++
    return
  }
  const [type = '', size] = shape.split(' ')
  stat.types[type] = (stat.types[type] ?? 0) + 1
  if (size === undefined) return
  const value = Math.log1p(Number(size))
  stat.sized++
  const delta = value - stat.mean
  stat.mean += delta / stat.sized
  stat.m2 += delta * (value - stat.mean)
}

function together(usual: Stat, recent: Stat): Stat {
  const keep = Math.min(1, REMEMBERED / Math.max(1, usual.n))
  const sized = usual.sized * keep + recent.sized
  const delta = recent.mean - usual.mean
  const types: Record<string, number> = {}
  for (const type of new Set([...Object.keys(usual.types), ...Object.keys(recent.types)]))
    types[type] = (usual.types[type] ?? 0) * keep + (recent.types[type] ?? 0)
  return {
    n: usual.n * keep + recent.n,
    none: usual.none * keep + recent.none,
    missing: usual.missing * keep + recent.missing,
    types,
    sized,
    mean: sized === 0 ? 0 : usual.mean + (delta * recent.sized) / sized,
    m2: usual.m2 * keep + recent.m2 + (sized === 0 ? 0 : (delta ** 2 * usual.sized * keep * recent.sized) / sized),
  }
}

type Change = { change: VariableChange; before: string; now: string }

function changesIn(usual: Stat, recent: Stat): Change[] {
  const changes: Change[] = []
  for (const [change, member] of [
    ['missing', 'missing'],
    ['null', 'none'],
  ] as const) {
    const [before, now] = [usual[member] / usual.n, recent[member] / recent.n]
    if (now - before > MORE_OFTEN)
      changes.push({ change, before: `${change} in ${percent(before)} of calls`, now: `${change} in ${percent(now)} of calls` })
  }
  const [was, is] = [mostly(usual), mostly(recent)]
  if (was && is && was !== is) changes.push({ change: 'type', before: was, now: is })
  else if (was && usual.sized >= COMPARED && recent.sized >= COMPARED / 2) {
    const spread = Math.sqrt(usual.m2 / usual.sized)
    const by = Math.abs(recent.mean - usual.mean)
    if (by > MUCH_LONGER && by > 2 * spread) changes.push({ change: 'length', before: sizeOf(usual, was), now: sizeOf(recent, was) })
  }
  return changes
}

const percent = (part: number): string => `${Math.round(part * 100)} %`
const UNITS: Record<string, string> = { text: 'characters', list: 'entries', object: 'members' }
const sizeOf = ({ mean }: Stat, type: string): string => `about ${Math.round(Math.expm1(mean))} ${UNITS[type] ?? ''}`.trim()

/** The type that nearly all have. */
function mostly({ types }: Stat): string | undefined {
  const all = Object.values(types).reduce((sum, one) => sum + one, 0)
  return Object.entries(types).find(([, one]) => one >= 0.8 * all)?.[0]
}
