import type { Block, Call, Native } from '../language.ts'

/**
 * The names of what only Anthropic knows of the blocks and tools of a call (`citations` of a document, `defer_loading` of a
 * tool), for the `dropped` of a target that is not Anthropic.
 */
export function nativeNames(call: Call): string[] {
  const names = new Set<string>()
  const note = (part: { native?: Native }): void => {
    if (part.native?.dialect === 'anthropic') for (const name of Object.keys(part.native.value)) if (name !== 'wrap') names.add(name)
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
