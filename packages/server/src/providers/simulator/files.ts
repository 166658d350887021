import { newTraceId } from '../../lib/ids.ts'
import { Refusal } from './ask.ts'
import type { Frame, Incoming } from './dialect.ts'
import { multipart } from './multipart.ts'
import { now } from './values.ts'

export type Reply = { type: string; body: Frame }
export type Files = {
  /** Undefined: no such method here. Throws a `Refusal` with 404 for a file that is not there. */
  answer(method: string, request: Incoming): Promise<Reply | undefined> | Reply | undefined
  /** The content of a file. Throws a `Refusal` with 404. */
  read(id: string): Buffer
  add(file: { name: string; purpose: string; content: Buffer }): { id: string }
}

type Stored = { about: { id: string; [key: string]: unknown }; content: Buffer }

/** OpenAI files, in memory: `/v1/files`, `/v1/files/ID` and `/v1/files/ID/content`. `uploaded` hears of each upload. */
export function openFiles(uploaded: () => void): Files {
  const files = new Map<string, Stored>()
  const find = (id: string): Stored => {
    const file = files.get(id)
    if (!file) throw new Refusal(404, `No such File object: ${id}`, { param: 'id' })
    return file
  }
  const add: Files['add'] = ({ name, purpose, content }) => {
    const id = `file-sim-${newTraceId().slice(0, 22)}`
    const about = { id, object: 'file', bytes: content.length, created_at: now(), filename: name, purpose, status: 'processed' }
    files.set(id, { about, content })
    return about
  }
  const upload = async (request: Incoming): Promise<Reply> => {
    const { fields, files: sent } = await multipart(request)
    if (!fields.purpose) throw new Refusal(400, "'purpose' is missing.", { param: 'purpose' })
    if (!sent.file) throw new Refusal(400, "'file' is missing.", { param: 'file' })
    const about = add({ ...sent.file, purpose: fields.purpose })
    uploaded()
    return json(about)
  }
  const methods: Record<string, (request: Incoming) => Promise<Reply> | Reply> = {
    'POST list': upload,
    'GET list': ({ query }) => {
      const all = [...files.values()].map(({ about }) => about).reverse()
      const purpose = query.get('purpose')
      return json(listOf(purpose === null ? all : all.filter((about) => about.purpose === purpose)))
    },
    'GET one': ({ groups: [id = ''] }) => json(find(id).about),
    'DELETE one': ({ groups: [id = ''] }) => {
      find(id)
      files.delete(id)
      return json({ id, object: 'file', deleted: true })
    },
    'GET content': ({ groups: [id = ''] }) => ({ type: 'application/octet-stream', body: find(id).content }),
  }
  return {
    add,
    read: (id) => find(id).content,
    answer: (method, request) => {
      const [id, part] = request.groups
      return methods[`${method} ${part ? 'content' : id ? 'one' : 'list'}`]?.(request)
    },
  }
}

export const json = (value: unknown): Reply => ({ type: 'application/json', body: JSON.stringify(value) })
/** A list of OpenAI's, all on one page. */
export const listOf = (data: { id: string }[]) => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: false,
})
