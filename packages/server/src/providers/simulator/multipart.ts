import { Refusal } from './ask.ts'
import type { Incoming } from './dialect.ts'

/** Fields and files of `multipart/form-data`. A field that comes several times keeps its last value. Throws a `Refusal` for any other body. */
export async function multipart({ headers, body }: Pick<Incoming, 'headers' | 'body'>) {
  const type = headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) throw new Refusal(400, 'The body must be multipart/form-data.')
  const fields: Record<string, string> = {}
  const files: Record<string, { name: string; content: Buffer }> = {}
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
    for (const [key, value] of form) {
      if (typeof value === 'string') fields[key] = value
      else files[key] = { name: value.name, content: Buffer.from(await value.arrayBuffer()) }
    }
  } catch {
    throw new Refusal(400, 'We could not parse the multipart body of your request.')
  }
  return { fields, files }
}
