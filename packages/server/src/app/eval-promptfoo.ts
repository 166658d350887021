import { AppError } from '@signalbox/schema/errors'
import type { Loaded } from './eval-loaded.ts'

/** Files of promptfoo are known, and not run yet. */
export async function loadPromptfoo(_text: string, { file }: { file: string }): Promise<Loaded> {
  throw new AppError('invalid-request', `${file} is a file of promptfoo, which this version does not run yet.`, {
    hint: 'Write it as signalbox.eval.yaml.',
  })
}
