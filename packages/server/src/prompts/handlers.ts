import type { HandlersOf } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import type { ExampleRows } from './examples.ts'
import { impactOf, type Surroundings } from './impact.ts'
import { type CountInput, previewPrompt } from './preview.ts'
import { type Prompts, toTarget } from './prompts.ts'
import { getPrompt } from './rows.ts'

/** The whole room, with what looks beyond it: spans, routes and prices. */
export function promptHandlers(
  { handlers, attempt }: Pick<Prompts, 'handlers' | 'attempt'>,
  { sql, around, count, examples }: { sql: Sql; around: Surroundings; count: CountInput; examples?: ExampleRows },
): Omit<HandlersOf<'prompts'>, 'prompts.drift' | 'prompts.dismissDrift'> {
  return {
    ...handlers,
    'prompts.usage': async ({ name, ...asked }, { caller: { projectId } }) => {
      await getPrompt(sql, projectId, name)
      return await around.usage(projectId, { name, ...asked })
    },
    'prompts.impact': ({ name, label, version, split }, { caller }) =>
      impactOf({ sql, attempt, around }, caller, { name, label, to: toTarget({ version, split }) }),
    'prompts.preview': (asked, { caller }) => previewPrompt(sql, caller.projectId, asked, { count, examples }),
  }
}
