import { createHmac } from 'node:crypto'

/** `t=SECONDS,v1=HEX`: HMAC-SHA256 over the time, a dot and the body. With the time in it nobody can send an old one again later. */
export function signatureOf(body: string, { secret, seconds }: { secret: string; seconds: number }): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
