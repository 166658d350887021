import { createHash } from 'node:crypto'
import { AppError } from '@signalbox/schema'
import { z } from 'zod'
import type { ForeignAnswer, ForeignRequest, ForeignRoute } from '../../lib/foreign.ts'
import { traceIdOf } from '../../lib/ids.ts'
import type { Blobs, Sql } from '../../store/ports.ts'
import { mediaKey } from '../../tracing/deletion/unused-media.ts'
import { observationSpanOf } from '../../tracing/ingest/langfuse/ids.ts'
import { type MediaPass, readPass, writePass } from './media-token.ts'

export type MediaRooms = {
  sql: Sql
  blobs: Blobs
  publicUrl: string
  /** Signs links. */
  linkSecret: string
  /** The most that one file may have, in bytes. */
  maxMediaBytes(): number
  /** Whether a project keeps what was asked and answered. */
  keepsContent(projectId: string): boolean
}

const UPLOAD_MS = 3_600_000
const DOWNLOAD_MS = 3_600_000

const NewMedia = z.object({
  traceId: z.string().min(1).max(800),
  observationId: z.string().max(800).nullish(),
  contentType: z.string().regex(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/, { error: 'must be a content type such as image/png' }),
  contentLength: z.int().positive(),
  sha256Hash: z.string().regex(/^[A-Za-z0-9+/]{43}=$/, { error: 'must be a SHA-256 in base64: 44 characters' }),
  field: z.enum(['input', 'output', 'metadata']),
})
const Told = z.object({
  uploadedAt: z.iso.datetime({ offset: true }).nullish(),
  uploadHttpStatus: z.int(),
  uploadHttpError: z.string().nullish(),
  uploadTimeMs: z.number().nullish(),
})

/** The id that Langfuse's clients insist on: it follows from what is in the file. */
export const mediaIdOf = (sha256: string): string => sha256.replaceAll('+', '-').replaceAll('/', '_').slice(0, 22)

type Media = { id: string; sha256: string; content_type: string; content_length: number; uploaded_at: Date | null }

/** Files beside traces, as Langfuse's clients send them: a place is asked for, the bytes go there, and how that went is told. */
export const mediaRoutes = (rooms: MediaRooms): ForeignRoute[] => [
  { method: 'POST', path: '/media', access: 'traces:write', handle: (request) => announce(rooms, request) },
  { method: 'PATCH', path: '/media/:mediaId', access: 'traces:write', handle: (request) => told(rooms, request) },
  { method: 'GET', path: '/media/:mediaId', access: 'traces:read', handle: (request) => describe(rooms, request) },
  // Links carry a pass of their own: clients send no key along.
  { method: 'PUT', path: '/media/:mediaId/content', access: 'public', handle: (request) => upload(rooms, request) },
  { method: 'GET', path: '/media/:mediaId/content', access: 'public', handle: (request) => download(rooms, request) },
]

async function announce(rooms: MediaRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const { projectId } = request.caller
  const sent = checked(NewMedia, await request.json())
  const most = rooms.maxMediaBytes()
  if (sent.contentLength > most)
    throw new AppError('payload-too-large', `A file may have ${most} bytes (limits.maxBodyBytes), not ${sent.contentLength}.`)
  const id = mediaIdOf(sent.sha256Hash)
  // Files are content. No place to send it to is what clients are told of files that are here already: they send nothing.
  if (!rooms.keepsContent(projectId)) return { status: 201, body: { mediaId: id, uploadUrl: null } }
  const traceId = traceIdOf(projectId, sent.traceId)
  const spanId = sent.observationId ? observationSpanOf(projectId, traceId, sent.observationId) : ''
  await rooms.sql.transaction(async (tx) => {
    await tx.query(
      `insert into media (project_id, id, sha256, content_type, content_length) values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [projectId, id, sent.sha256Hash, sent.contentType, sent.contentLength],
    )
    await tx.query(
      `insert into media_uses (project_id, media_id, trace_id, span_id, field) values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [projectId, id, traceId, spanId, sent.field],
    )
  })
  const media = await find(rooms, projectId, id)
  const uploadUrl = media.uploaded_at ? null : linkTo(rooms, { projectId, mediaId: id, may: 'put' }, UPLOAD_MS)
  return { status: 201, body: { mediaId: id, uploadUrl } }
}

/** The bytes of a file that was announced: exactly those, or nothing. */
async function upload(rooms: MediaRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const { projectId, mediaId } = passOf(rooms, request, 'put')
  const media = await find(rooms, projectId, mediaId)
  const body = await request.body(media.content_length)
  if (createHash('sha256').update(body).digest('base64') !== media.sha256)
    throw new AppError('invalid-request', 'These bytes are not the announced ones: their SHA-256 is another.')
  await rooms.blobs.put(mediaKey(projectId, mediaId), body)
  await rooms.sql.query('update media set uploaded_at = coalesce(uploaded_at, now()) where project_id = $1 and id = $2', [
    projectId,
    mediaId,
  ])
  return { status: 200, body: {} }
}

/** What the client says of its upload changes nothing: what is here is known here. */
async function told(rooms: MediaRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const { mediaId = '' } = request.params
  await find(rooms, request.caller.projectId, mediaId)
  checked(Told, await request.json())
  return { status: 200, body: {} }
}

async function describe(rooms: MediaRooms, { caller: { projectId }, params: { mediaId = '' } }: ForeignRequest): Promise<ForeignAnswer> {
  const media = await find(rooms, projectId, mediaId)
  if (!media.uploaded_at) throw new AppError('not-found', `The file ${mediaId} was announced, but has not come yet.`)
  return {
    body: {
      mediaId,
      contentType: media.content_type,
      contentLength: Number(media.content_length),
      uploadedAt: media.uploaded_at.toISOString(),
      url: linkTo(rooms, { projectId, mediaId, may: 'get' }, DOWNLOAD_MS),
      urlExpiry: new Date(Date.now() + DOWNLOAD_MS).toISOString(),
    },
  }
}

/** Shown in a page where a browser only paints or plays it; what could be a page itself is saved, and runs nothing. */
const HARMLESS = /^(image\/(png|jpe?g|webp|gif|bmp|avif|tiff)|audio\/[\w.+-]+|video\/[\w.+-]+)$/

async function download(rooms: MediaRooms, request: ForeignRequest): Promise<ForeignAnswer> {
  const { projectId, mediaId } = passOf(rooms, request, 'get')
  const media = await find(rooms, projectId, mediaId)
  const body = await rooms.blobs.get(mediaKey(projectId, mediaId))
  if (!body) throw new AppError('not-found', `The file ${mediaId} is not here.`)
  const shown = HARMLESS.test(media.content_type)
  return {
    body,
    headers: {
      'content-type': shown ? media.content_type : 'application/octet-stream',
      'content-disposition': shown ? 'inline' : `attachment; filename="${mediaId}"`,
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'private, max-age=3600',
    },
  }
}

const linkTo = ({ publicUrl, linkSecret }: MediaRooms, pass: MediaPass, lasts: number): string =>
  `${publicUrl}/api/public/media/${pass.mediaId}/content?pass=${writePass(pass, Date.now() + lasts, linkSecret)}`

function passOf({ linkSecret }: MediaRooms, { query, params }: ForeignRequest, may: MediaPass['may']): MediaPass {
  const pass = readPass(query.get('pass') ?? '', Date.now(), linkSecret)
  if (!pass || pass.may !== may || pass.mediaId !== params.mediaId)
    throw new AppError('permission-denied', 'This link is not one of ours, or its time is over.', { hint: 'Ask for a new one.' })
  return pass
}

async function find({ sql }: MediaRooms, projectId: string, id: string): Promise<Media> {
  const [media] = await sql.query<Media>(
    'select id, sha256, content_type, content_length, uploaded_at from media where project_id = $1 and id = $2',
    [projectId, id],
  )
  if (!media) throw new AppError('not-found', `There is no file ${JSON.stringify(id.slice(0, 100))} in this project.`)
  return { ...media, content_length: Number(media.content_length) }
}

function checked<T extends z.ZodType>(schema: T, sent: unknown): z.output<T> {
  const result = schema.safeParse(sent)
  if (result.success) return result.data
  throw new AppError('invalid-request', result.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; '))
}
