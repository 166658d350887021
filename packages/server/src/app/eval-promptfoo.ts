import { AppError } from '@signalbox/schema/errors'
import type { Loaded } from './evaluate-file.ts'
export async function loadPromptfoo(_text: string, _options: { file: string }): Promise<Loaded> {
  throw new AppError('invalid-request', 'not yet')
}
