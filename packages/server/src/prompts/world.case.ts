import { AppError, type Caller, PERMISSIONS_OF, type PromptContentInput, type PromptEvent } from '@signalbox/schema'
import { expect } from 'vitest'
import type { Context } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { parseContent } from './content.ts'
import type { ExampleRows } from './examples.ts'
import { createPrompts } from './prompts.ts'

/** Ann and Ben are editors, Ada is an admin; keys have what is given. */
export const PEOPLE = { ann: 'editor', ben: 'editor', ada: 'admin', vic: 'viewer' } as const

/** The room over a database, with people, in a project of its own. */
export async function promptWorld(sql: Sql, projectId: string, examples?: ExampleRows) {
  await migrate(sql)
  await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [projectId])
  for (const [name, role] of Object.entries(PEOPLE))
    await sql.query(`insert into accounts (id, email, role, source, created_at) values ($1, $2, $3, 'api', now()) on conflict do nothing`, [
      `acc_${name}`,
      `${name}@example.test`,
      role === 'admin' ? 'owner' : 'member',
    ])
  const changes: PromptEvent[][] = []
  const warnings: object[] = []
  let snapshots = 0
  let revision = 0
  const room = createPrompts({
    sql,
    changed: () => void snapshots++,
    announce: (_, events, { revision: of }) => {
      changes.push([...events])
      revision = of
    },
    ...(examples && { examples }),
    warn: (details) => void warnings.push(details),
  })
  const as = (given: Partial<Caller>): Context => ({ caller: { projectId, permissions: PERMISSIONS_OF.editor, ...given } }) as Context
  const person = (name: keyof typeof PEOPLE) => as({ userId: `acc_${name}`, permissions: PERMISSIONS_OF[PEOPLE[name]] })
  const { handlers } = room
  return {
    ...room,
    as,
    ann: person('ann'),
    ben: person('ben'),
    ada: person('ada'),
    vic: person('vic'),
    changes,
    warnings,
    snapshots: () => snapshots,
    /** Of the last write. */
    revision: () => revision,
    save: (context: Context, name: string, content: PromptContentInput | string, more: object = {}) =>
      handlers['prompts.create'](
        {
          name,
          content: parseContent(typeof content === 'string' ? { type: 'text', text: content } : content),
          message: '',
          labels: [],
          ...more,
        },
        context,
      ),
    point: (context: Context, name: string, label: string, version: number, more: object = {}) =>
      handlers['prompts.setLabel']({ name, label, version, why: '', ...more }, context),
    snapshot: async () => (await room.ofAll([projectId]))[projectId] ?? {},
    text: async (name: string, label = 'production') => {
      const { labels, versions } = (await room.ofAll([projectId]))[projectId]?.[name] ?? { labels: {}, versions: {} }
      const target = labels[label]
      return target && 'version' in target ? versions[target.version]?.content.text : undefined
    },
  }
}
export type PromptWorld = Awaited<ReturnType<typeof promptWorld>>

export async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(AppError)
  return error as AppError
}
