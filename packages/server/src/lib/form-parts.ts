import { AppError } from '@signalbox/schema'
import type { Range } from './json-scan.ts'

/** One part of a form: where its content stands in the body. `filename` only where it is a file. */
export type FormPart = Range & { name: string; filename?: string; type?: string }

const HEAD_END = Buffer.from('\r\n\r\n')
/** Of a form that says nothing else. */
const MOST_PARTS = 1000

export const isForm = (contentType: string | undefined): contentType is string => /^multipart\/form-data\b/i.test(contentType ?? '')

/**
 * The parts of a `multipart/form-data` body (RFC 7578) as ranges of it: what is in a file is neither read nor copied. Throws
 * `invalid-request` for a body that is no such form.
 */
export function formParts(body: Buffer, contentType: string, most = MOST_PARTS): FormPart[] {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (!boundary) throw invalid('The content type names no boundary.')
  const opening = Buffer.from(`--${boundary}`)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const parts: FormPart[] = []
  let at = body.indexOf(opening)
  if (at === -1 || (at > 0 && body[at - 1] !== 0x0a)) throw invalid('Its boundary does not stand in it.')
  at += opening.length
  // `--` after a boundary ends the form.
  while (!(body[at] === 0x2d && body[at + 1] === 0x2d)) {
    const head = body.indexOf(HEAD_END, at)
    const end = head === -1 ? -1 : nextDelimiter(body, delimiter, head + 2)
    if (end === -1) throw invalid('It ends before its last boundary.')
    if (parts.length === most) throw invalid(`It has more than ${most} parts.`)
    const start = head + HEAD_END.length
    const part = partOf(body.toString('utf8', at, head))
    if (part) parts.push({ ...part, start, end: Math.max(start, end) })
    at = end + delimiter.length
  }
  return parts
}

/** A boundary ends its line or the form: longer ones that begin alike are content. */
function nextDelimiter(body: Buffer, delimiter: Buffer, from: number): number {
  for (let at = body.indexOf(delimiter, from); at !== -1; at = body.indexOf(delimiter, at + 1)) {
    let after = at + delimiter.length
    if (body[after] === 0x2d && body[after + 1] === 0x2d) return at
    while (body[after] === 0x20 || body[after] === 0x09) after++
    if (body[after] === 0x0d && body[after + 1] === 0x0a) return at
  }
  return -1
}

/** Of the headers of a part; undefined where it has no name. */
function partOf(head: string): { name: string; filename?: string; type?: string } | undefined {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
  const name = parameter(disposition, 'name')
  if (name === undefined) return undefined
  const filename = parameter(disposition, 'filename') ?? parameter(disposition, 'filename\\*')
  const type = /^content-type:\s*(\S[^\r\n]*)/im.exec(head)?.[1]?.trim()
  return { name, ...(filename !== undefined && { filename }), ...(type && { type }) }
}

function parameter(disposition: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(disposition) ?? []
  return quoted?.replace(/\\(.)/g, '$1') ?? bare
}

const invalid = (problem: string) => new AppError('invalid-request', `The body is not a valid multipart form. ${problem}`)
