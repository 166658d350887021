import type { AttributeValue } from './decoded.ts'

/** Entries of one list, and steps of one path, that are put together; what is beyond stays in the raw attributes. */
const MOST_ENTRIES = 10_001
const MOST_STEPS = 16
/** OpenInference wraps the elements of its lists in an object of one member with these names. */
const WRAPPERS = new Set([
  'message',
  'message_content',
  'tool_call',
  'tool',
  'document',
  'prompt',
  'completion',
  'embedding',
  'annotation',
  'evaluation',
])

type Branch = Map<string, Branch | Leaf>
type Leaf = { value: AttributeValue }

/**
 * `0.role`, `0.content`, `1.role` … → a list of objects. Numbers in a path give the order of a list and not its size:
 * an index of a billion is only the last element. Nothing is allocated for what was not sent.
 */
export function unflatten(leaves: readonly { path: string; value: AttributeValue }[]): AttributeValue {
  const root: Branch = new Map()
  for (const { path, value } of leaves) {
    const steps = path.split('.', MOST_STEPS + 1)
    if (steps.length <= MOST_STEPS) put(root, steps, value)
  }
  return build(root)
}

function put(root: Branch, steps: string[], value: AttributeValue): void {
  let branch = root
  for (const step of steps.slice(0, -1)) {
    const next = branch.get(step)
    if (next instanceof Map) branch = next
    else {
      // A value and members under one name: the members tell more.
      const made: Branch = new Map()
      branch.set(step, made)
      branch = made
    }
  }
  const last = steps.at(-1) ?? ''
  if (!(branch.get(last) instanceof Map)) branch.set(last, { value })
}

function build(branch: Branch): AttributeValue {
  const entries = [...branch]
  const contentOf = (node: Branch | Leaf): AttributeValue => (node instanceof Map ? build(node) : node.value)
  if (entries.every(([key]) => /^\d{1,15}$/.test(key))) {
    return entries
      .sort(([a], [b]) => Number(a) - Number(b))
      .slice(0, MOST_ENTRIES)
      .map(([, node]) => unwrap(contentOf(node)))
  }
  const record: Record<string, AttributeValue> = Object.create(null)
  for (const [key, node] of entries) record[key] = contentOf(node)
  return record
}

function unwrap(value: AttributeValue): AttributeValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const [key, ...more] = Object.keys(value)
  return key !== undefined && more.length === 0 && WRAPPERS.has(key) ? (value[key] as AttributeValue) : value
}
