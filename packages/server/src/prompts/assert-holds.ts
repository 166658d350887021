import { AppError, type PromptContent } from '@signalbox/schema'
import { readContent } from './content.ts'
import { createResolver, liveIncluding } from './fragments.ts'
import type { Writing } from './writing.ts'

/**
 * Throws where a change just written would break what is in use: a version with a label whose fragments could not be filled in any more,
 * by a cycle, a label that is gone or another engine. The transaction takes the change back.
 */
export async function assertHolds(
  { session, projectId }: Writing,
  changed: readonly string[],
  own?: { of: string; versions: readonly number[]; check?: ((resolved: PromptContent) => Promise<void>) | undefined },
): Promise<void> {
  const resolve = createResolver(session, projectId)
  if (own) {
    const rows = await session.query<{ version: number; content: string }>(
      `select v.version, v.content from prompt_versions v join prompts p on p.id = v.prompt_id
       where p.project_id = $1 and p.name = $2 and v.version = any($3::int[])`,
      [projectId, own.of, own.versions],
    )
    for (const { version, content } of rows) {
      const { resolved, problems } = await resolve(own.of, version, readContent(content))
      const [problem] = problems
      if (problem)
        throw new AppError('conflict', `Version ${version} of ${JSON.stringify(own.of)} cannot be used: ${problem}`, {
          hint: 'Mend the fragment, or choose another version.',
        })
      if (resolved) await own.check?.(resolved)
    }
  }
  for (const { name, version, content } of await liveIncluding(session, projectId, changed)) {
    const [problem] = (await resolve(name, version, readContent(content))).problems
    if (problem)
      throw new AppError('conflict', `Version ${version} of ${JSON.stringify(name)} is in use and would break: ${problem}`, {
        hint: 'Change what includes it first.',
        data: { usedBy: [{ prompt: name, version }] },
      })
  }
}
