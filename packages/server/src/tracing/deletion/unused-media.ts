import type { Blobs, Sql } from '../../store/ports.ts'

/** Where the bytes of a file are among the blobs. */
export const mediaKey = (projectId: string, mediaId: string): string => `media/${projectId}/${mediaId}`

/** Of these files, those that nothing uses any more go. */
export async function removeUnusedMedia(
  { sql, blobs }: { sql: Sql; blobs: Blobs },
  projectId: string,
  ids: readonly string[],
): Promise<{ files: number; bytes: number }> {
  if (ids.length === 0) return { files: 0, bytes: 0 }
  const unused = await sql.query<{ id: string; content_length: number }>(
    `select id, content_length from media where project_id = $1 and id = any($2::text[])
       and not exists (select 1 from media_uses where media_uses.project_id = media.project_id and media_id = media.id)`,
    [projectId, [...new Set(ids)]],
  )
  for (const { id } of unused) {
    await blobs.delete(mediaKey(projectId, id))
    await sql.query('delete from media where project_id = $1 and id = $2', [projectId, id])
  }
  return { files: unused.length, bytes: unused.reduce((sum, { content_length }) => sum + Number(content_length), 0) }
}
