import type { Block, Call, Dialect } from './language.ts'

/** The names of the fields in blocks and tools of a call that only another dialect than `target` understands, for `dropped`. */
export function foreignFields(call: Call, target: Dialect): string[] {
  const names = new Set<string>()
  const note = (part: { native?: { dialect: Dialect; fields: Record<string, unknown> } }) => {
    if (part.native && part.native.dialect !== target) for (const name of Object.keys(part.native.fields)) names.add(name)
  }
  const visit = (block: Block): void => {
    if ('native' in block) note(block)
    if (block.type === 'tool-result') block.blocks.forEach(visit)
  }
  call.system.forEach(visit)
  for (const turn of call.turns) turn.blocks.forEach(visit)
  call.tools.forEach(note)
  return [...names]
}
