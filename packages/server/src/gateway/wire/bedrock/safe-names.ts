import type { Call } from '../language.ts'

const LONGEST = 64

/** Names of tools as Bedrock takes them, by the client's name: letters, digits, `_` and `-`, at most 64 of them, and no two alike. */
export function toolNames(call: Call): Map<string, string> {
  return safeNames(
    [
      ...call.tools.map(({ name }) => name),
      ...call.turns.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'tool-call' ? [block.name] : []))),
      ...(call.toolChoice?.type === 'tool' ? [call.toolChoice.name] : []),
    ],
    /[^a-zA-Z0-9_-]/g,
  )
}

/** Ids of tool calls as Bedrock takes them, by the client's id. */
export function callIds(call: Call): Map<string, string> {
  const ids = call.turns.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'tool-call' ? [block.id] : block.type === 'tool-result' ? [block.callId] : [])),
  )
  return safeNames(ids, /[^a-zA-Z0-9_.:-]/g)
}

/** What is valid stays as it is, whatever stands beside it. */
function safeNames(names: string[], forbidden: RegExp): Map<string, string> {
  const safe = new Map<string, string>()
  const used = new Set<string>()
  const put = (name: string, value: string): void => {
    safe.set(name, value)
    used.add(value)
  }
  const cleaned = (name: string) => name.replace(forbidden, '_').slice(0, LONGEST) || '_'
  for (const name of names) if (cleaned(name) === name) put(name, name)
  for (const name of names) {
    if (safe.has(name)) continue
    let value = cleaned(name)
    for (let count = 2; used.has(value); count++) {
      const end = `_${count}`
      value = cleaned(name).slice(0, LONGEST - end.length) + end
    }
    put(name, value)
  }
  return safe
}
