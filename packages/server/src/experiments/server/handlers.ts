import { AppError, api } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'

export function experimentHandlers(): HandlersOf<'experiments'> {
  const notYet = () => Promise.reject(new AppError('unavailable', 'Experiments are not there yet.'))
  const ids = Object.keys(api).filter((id) => id.startsWith('experiments.'))
  return Object.fromEntries(ids.map((id) => [id, notYet])) as unknown as HandlersOf<'experiments'>
}
