import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a link to a file allows: to whoever has it, without a key, for a while. */
export type MediaPass = { projectId: string; mediaId: string; may: 'put' | 'get' }

const PURPOSE = 'signalbox media link'

/** A pass as the end of a link. `until` is in milliseconds since 1970. */
export function writePass(pass: MediaPass, until: number, secret: string): string {
  const text = Buffer.from(JSON.stringify([pass.projectId, pass.mediaId, pass.may, until])).toString('base64url')
  return `${text}.${sign(text, secret)}`
}

/** What a link allows; undefined where it was changed, or its time is over. */
export function readPass(link: string, now: number, secret: string): MediaPass | undefined {
  const [text = '', signature = ''] = link.split('.')
  const [wanted, given] = [Buffer.from(sign(text, secret)), Buffer.from(signature)]
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return undefined
  const [projectId, mediaId, may, until] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string, 'put' | 'get', number]
  return until > now ? { projectId, mediaId, may } : undefined
}

const sign = (text: string, secret: string): string => createHmac('sha256', secret).update(`${PURPOSE}\n${text}`).digest('base64url')
