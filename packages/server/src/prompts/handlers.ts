import { AppError } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Prompts } from './prompts.ts'

/** The whole room, with what looks beyond it: spans, routes and prices. */
export function promptHandlers({ handlers }: Prompts): HandlersOf<'prompts'> {
  const refuse = async (): Promise<never> => {
    throw new AppError('unavailable', 'This is not ready yet.')
  }
  return { ...handlers, 'prompts.usage': refuse, 'prompts.impact': refuse, 'prompts.preview': refuse }
}
