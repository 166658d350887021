import { canonicalJson, type PromptChange, type PromptContent } from '@signalbox/schema'

type Json = Exclude<PromptChange['before'], undefined>

/** What is different between two versions, down to the single values. Tools and variants are told apart by name, the rest by place. */
export function changesBetween(before: PromptContent, after: PromptContent): PromptChange[] {
  const changes: PromptChange[] = []
  compare('', before as unknown as Json, after as unknown as Json, changes)
  return changes
}

function compare(path: string, before: Json | undefined, after: Json | undefined, changes: PromptChange[]): void {
  if (before === undefined && after === undefined) return
  if (before === undefined) changes.push({ path, kind: 'added', after: after as Json })
  else if (after === undefined) changes.push({ path, kind: 'removed', before })
  else if (canonicalJson(before) === canonicalJson(after)) return
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(path, before, after, changes)
  else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(path === '' ? name : `${path}.${name}`, own(before, name), own(after, name), changes)
  } else changes.push({ path, kind: 'changed', before, after })
}

function compareLists(path: string, before: Json[], after: Json[], changes: PromptChange[]): void {
  const named = path === 'tools' || path === 'variants' ? [byName(before), byName(after)] : []
  const [left, right] = named
  if (left && right) {
    for (const name of new Set([...left.keys(), ...right.keys()])) compare(`${path}.${name}`, left.get(name), right.get(name), changes)
    return
  }
  for (let at = 0; at < Math.max(before.length, after.length); at++) compare(`${path}[${at}]`, before[at], after[at], changes)
}

/** Undefined where names are not unique: then the place counts. */
function byName(list: Json[]): Map<string, Json> | undefined {
  const named = new Map(list.map((one) => [isObject(one) ? String(one.name) : '', one]))
  return named.size === list.length ? named : undefined
}

const own = (value: Record<string, Json>, name: string): Json | undefined => (Object.hasOwn(value, name) ? value[name] : undefined)
const isObject = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value)
