import { createHash } from 'node:crypto'
import { AppError } from '@signalbox/schema'
import { z } from 'zod'
import type { ForeignAnswer, ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import type { Blobs, Sql } from '../../store/ports.ts'
import { mediaKey, removeUnusedMedia } from '../../tracing/deletion/unused-media.ts'
import type { TraceQueries } from '../../tracing/queries/trace-queries.ts'
import { findSpan } from '../find-span.ts'
import { mediaIdOf } from '../langfuse/media.ts'
import { spanIdOfUuid } from '../uuids.ts'

export type AttachmentRooms = {
  sql: Sql
  blobs: Blobs
  queries: TraceQueries
  publicUrl: string
  /** The most that one file may have, in bytes. */
  maxMediaBytes(): number
  /** Whether a project keeps what was asked and answered. */
  keepsContent(projectId: string): boolean
}

const UPLOAD = '/v1/private/attachment/upload'
const DOWNLOAD = '/v1/private/attachment/download'
/** What Opik's clients take for "send it to the server itself, in one piece". */
const HERE = 'BEMinIO'
const UNKNOWN_TYPE = 'application/octet-stream'
const MOST_PER_PAGE = 1000

const Target = z.object({
  entity_type: z.enum(['trace', 'span'], { error: 'must be trace or span' }),
  entity_id: z.string().transform((id, context) => {
    const hex = spanIdOfUuid(id)
    if (hex === undefined) context.addIssue('must be a UUID')
    return hex ?? ''
  }),
})
const File = Target.extend({
  file_name: z.string({ error: 'is missing' }).min(1).max(1000),
  mime_type: z
    .string()
    .regex(/^[\w.+-]{1,100}\/[\w.+-]{1,100}(;.{0,100})?$/, { error: 'must be a content type such as image/png' })
    .nullish()
    .or(z.literal(''))
    .transform((type) => type?.split(';')[0] || UNKNOWN_TYPE),
})
const Start = File.extend({ num_of_file_parts: z.int().min(1).max(100_000), path: z.string().max(4000).nullish() })
const Listed = Target.extend({ path: z.string().max(4000).nullish() })

type Target = z.output<typeof Target>

/** Files that Opik's clients attach to a trace or a span: a place is asked for, the bytes go there, and they are listed and read back. */
export const attachmentRoutes = (rooms: AttachmentRooms): ForeignRoute[] => [
  { method: 'POST', path: `${UPLOAD}-start`, access: 'traces:write', handle: (request) => start(rooms, request) },
  { method: 'PUT', path: UPLOAD, access: 'traces:write', handle: (request) => upload(rooms, request) },
  { method: 'POST', path: `${UPLOAD}-complete`, access: 'traces:write', handle: (request) => complete(rooms, request) },
  { method: 'GET', path: '/v1/private/attachment/list', access: 'traces:read', handle: (request) => list(rooms, request) },
  { method: 'GET', path: DOWNLOAD, access: 'traces:read', handle: (request) => download(rooms, request) },
]

/** One place for the whole file, whatever number of parts its client would cut it into. */
async function start(rooms: AttachmentRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const { path, ...file } = checked(Start, await request.json())
  const query = { ...said(file), mime_type: file.mime_type }
  return { body: { upload_id: HERE, pre_sign_urls: [addressOf(rooms, path, UPLOAD, query)] } }
}

async function upload(rooms: AttachmentRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const { projectId } = request.caller
  const file = checked(File, Object.fromEntries(request.query))
  const body = await request.body(rooms.maxMediaBytes())
  if (body.length === 0) throw new AppError('invalid-request', 'The body holds no bytes: send the file itself.')
  // Files are content. Their clients have no word for "not wanted": it is taken, and not kept.
  if (!rooms.keepsContent(projectId)) return { status: 204 }
  const sha256 = createHash('sha256').update(body).digest('base64')
  const id = mediaIdOf(sha256)
  const [traceId, spanId] = await placeOf(rooms, projectId, file)
  await rooms.blobs.put(mediaKey(projectId, id), body)
  const replaced = await rooms.sql.transaction(async (tx) => {
    await tx.query(
      `insert into media (project_id, id, sha256, content_type, content_length, uploaded_at) values ($1, $2, $3, $4, $5, now())
       on conflict (project_id, id) do update set uploaded_at = coalesce(media.uploaded_at, now())`,
      [projectId, id, sha256, file.mime_type, body.length],
    )
    const { where, values } = usesOf(projectId, file)
    const before = await tx.query<{ media_id: string }>(
      `delete from media_uses where ${where} and file_name = $4 and content_type = $5 returning media_id`,
      [...values, file.file_name, file.mime_type],
    )
    await tx.query(
      `insert into media_uses (project_id, media_id, trace_id, span_id, field, file_name, content_type)
       values ($1, $2, $3, $4, 'attachment', $5, $6) on conflict do nothing`,
      [projectId, id, traceId, spanId, file.file_name, file.mime_type],
    )
    return before.map(({ media_id }) => media_id)
  })
  await removeUnusedMedia(rooms, projectId, replaced)
  return { status: 204 }
}

/** Said after the parts of a file; a file that came in one piece is here, or it is not. */
async function complete(rooms: AttachmentRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const file = checked(File, await request.json())
  if (rooms.keepsContent(request.caller.projectId)) await find(rooms, request.caller.projectId, file)
  return { status: 204 }
}

async function list(rooms: AttachmentRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const { query } = request
  const asked = checked(Listed, Object.fromEntries(query))
  const { where, values } = usesOf(request.caller.projectId, asked)
  const page = Math.max(1, Math.floor(Number(query.get('page') ?? 1)) || 1)
  const size = Math.min(MOST_PER_PAGE, Math.max(1, Math.floor(Number(query.get('size') ?? 100)) || 100))
  const found = await rooms.sql.query<{ file_name: string; content_type: string; content_length: number; total: number }>(
    `select file_name, media_uses.content_type, content_length, count(*) over () as total
     from media_uses join media on media.project_id = media_uses.project_id and media.id = media_uses.media_id
     where ${where.replaceAll(/\b(project_id|span_id|trace_id)\b/g, 'media_uses.$1')} order by file_name, media_uses.content_type limit $4 offset $5`,
    [...values, size, (page - 1) * size],
  )
  const content = found.map(({ file_name, content_type, content_length }) => ({
    file_name,
    mime_type: content_type,
    file_size: Number(content_length),
    link: addressOf(rooms, asked.path, DOWNLOAD, { ...said({ ...asked, file_name }), mime_type: content_type }),
  }))
  return { body: { page, size: content.length, total: Number(found[0]?.total ?? 0), content, sortableBy: [] } }
}

/** Never shown as a page of ours, whatever is in it. */
async function download(rooms: AttachmentRooms, { caller: { projectId }, query }: ForeignRequest): Promise<ForeignAnswer> {
  const file = checked(File, Object.fromEntries(query))
  const body = await rooms.blobs.get(mediaKey(projectId, await find(rooms, projectId, file)))
  if (!body) throw notHere(file.file_name)
  return {
    body,
    headers: {
      'content-type': UNKNOWN_TYPE,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.file_name).replaceAll("'", '%27')}`,
      'content-security-policy': "sandbox; default-src 'none'",
    },
  }
}

async function find({ sql }: AttachmentRooms, projectId: string, file: z.output<typeof File>): Promise<string> {
  const { where, values } = usesOf(projectId, file)
  const [found] = await sql.query<{ media_id: string }>(
    `select media_id from media_uses where ${where} and file_name = $4 and content_type = $5`,
    [...values, file.file_name, file.mime_type],
  )
  if (!found) throw notHere(file.file_name)
  return found.media_id
}

const notHere = (name: string) => new AppError('not-found', `There is no attachment ${JSON.stringify(name.slice(0, 100))} here.`)

/** The uses of a trace's or a span's own attachments, as the parameters 1 to 3. */
const usesOf = (projectId: string, { entity_type, entity_id }: Target): { where: string; values: string[] } =>
  entity_type === 'trace'
    ? { where: `project_id = $1 and trace_id = $2 and span_id = $3 and field = 'attachment'`, values: [projectId, entity_id, ''] }
    : { where: `project_id = $1 and span_id = $2 and field = 'attachment' and $3 = ''`, values: [projectId, entity_id, ''] }

/** The trace and the span that a file is kept with. Who attaches one to a span that has not come yet leaves its trace to be found later. */
async function placeOf({ queries }: AttachmentRooms, projectId: string, { entity_type, entity_id }: Target): Promise<[string, string]> {
  if (entity_type === 'trace') return [entity_id, '']
  return [(await findSpan(queries, projectId, entity_id))?.traceId ?? '', entity_id]
}

/** What an address says of a file, in the client's words. */
const said = ({ entity_type, entity_id, file_name }: Target & { file_name: string }) => ({ entity_type, entity_id, file_name })

/** `base`: the address that the client itself uses, in base64, so that a file takes the same way as everything else. */
function addressOf({ publicUrl }: AttachmentRooms, base: string | null | undefined, path: string, query: Record<string, string>): string {
  const own = base ? URL.parse(Buffer.from(base, 'base64').toString('utf8')) : null
  const start = own && /^https?:$/.test(own.protocol) ? `${own.origin}${own.pathname.replace(/\/$/, '')}` : `${publicUrl}/opik/api`
  return `${start}${path}?${new URLSearchParams(query)}`
}

function checked<T extends z.ZodType>(schema: T, sent: unknown): z.output<T> {
  const result = schema.safeParse(sent)
  if (result.success) return result.data
  const wrong = result.error.issues.map(({ path, message }) => `\`${path.join('.') || 'it'}\` ${message}`)
  throw new AppError('invalid-request', `${wrong.join('; ')}.`)
}
