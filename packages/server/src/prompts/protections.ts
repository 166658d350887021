import { AppError, type LabelProtection } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'
import type { Writing } from './writing.ts'

export const listProtections = (session: SqlSession, projectId: string): Promise<LabelProtection[]> =>
  session.query<LabelProtection>('select label, needs from prompt_protections where project_id = $1 order by label', [projectId])

export async function protect(
  { session, projectId, note }: Writing,
  { label, needs, why }: LabelProtection & { why: string },
): Promise<void> {
  const [before] = await session.query<{ needs: string }>('select needs from prompt_protections where project_id = $1 and label = $2', [
    projectId,
    label,
  ])
  if (before?.needs === needs) return
  await session.query(
    'insert into prompt_protections (project_id, label, needs) values ($1, $2, $3) on conflict (project_id, label) do update set needs = excluded.needs',
    [projectId, label, needs],
  )
  await note({ prompt: '', kind: 'protected', label, why: why || `by ${needs}` })
}

export async function unprotect({ session, projectId, note }: Writing, { label, why }: { label: string; why: string }): Promise<void> {
  const rows = await session.query('delete from prompt_protections where project_id = $1 and label = $2 returning label', [
    projectId,
    label,
  ])
  if (rows.length === 0) throw new AppError('not-found', `The label ${label} is not protected.`)
  await note({ prompt: '', kind: 'unprotected', label, why })
}
