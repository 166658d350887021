import { type Caller, DEFAULT_LABEL, type PromptEvent, type PromptTarget } from '@signalbox/schema'
import type { Log } from '../lib/log.ts'
import type { Markers } from '../monitoring/markers/markers.ts'

/** Marks on every chart that what runs is another version now. A first version changes nothing that ran before. */
export function markPrompts(
  events: readonly PromptEvent[],
  { caller, markers, log }: { caller: Caller; markers: Pick<Markers, 'note'>; log: Log },
): void {
  for (const { kind, prompt, label, from, to, why, at } of events) {
    // What was only asked for has a label too.
    if ((kind !== 'label-set' && kind !== 'rolled-back') || label !== DEFAULT_LABEL || !from || !to) continue
    markers
      .note(caller.projectId, {
        kind: 'prompt',
        title: `Prompt ${prompt}: ${wordsOf(from)} → ${wordsOf(to)}`,
        origin: 'change',
        details: why ? [why] : [],
        at: new Date(at),
        by: caller,
      })
      .catch((error: unknown) => log.warn({ err: error }, 'a move of a prompt could not be marked'))
  }
}

const wordsOf = (target: PromptTarget): string =>
  'split' in target
    ? target.split.map(({ version, weight }) => `version ${version} (${weight})`).join(' and ')
    : `version ${target.version}`
