import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const VERSION = 1

/** Seals bytes with AES-256-GCM: `version | 12 bytes nonce | 16 bytes tag | sealed`. The key is any text, hashed. */
export function seal(plain: Uint8Array, key: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(key), nonce)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), sealed])
}

/** The same in pieces, for what is too large to seal at once: `head`, then what `update` gave, then `tail`. */
export function sealing(key: string): { update(plain: Uint8Array): Buffer; final(): { head: Buffer; tail: Buffer } } {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(key), nonce)
  return {
    update: (plain) => cipher.update(plain),
    final: () => {
      const tail = cipher.final()
      return { head: Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag()]), tail }
    },
  }
}

/** Opens what `seal` sealed; undefined when the key is another one or the bytes were changed. */
export function unseal(sealed: Buffer, key: string): Buffer | undefined {
  if (sealed.length < 29 || sealed[0] !== VERSION) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyOf(key), sealed.subarray(1, 13))
  decipher.setAuthTag(sealed.subarray(13, 29))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()])
  } catch {
    return undefined
  }
}

const keyOf = (key: string): Buffer => createHash('sha256').update(`signalbox secret box\n${key}`).digest()
