import { AppError, api, type SnapshotProject } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'

/** The room of prompts. */
export function createPrompts(_: { sql: Sql; changed(): unknown }) {
  const refuse = async (): Promise<never> => {
    throw new AppError('unavailable', 'Prompts are not ready yet.')
  }
  const ids = Object.keys(api).filter((id) => id.startsWith('prompts.'))
  return {
    handlers: Object.fromEntries(ids.map((id) => [id, refuse])) as unknown as HandlersOf<'prompts'>,
    ofAll: async (_ids: readonly string[]): Promise<Record<string, SnapshotProject['prompts']>> => ({}),
  }
}
