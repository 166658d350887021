import { createHash } from 'node:crypto'
import type { Found } from '../check.ts'
import { keccak256 } from './keccak.ts'

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

const LEGACY = /(?<![\w/+-])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![\w/+-])/g
const SEGWIT = /(?<![\w-])(?:bc1|BC1)[a-zA-Z0-9]{11,87}(?![\w-])/g
const ETHER = /(?<![\w-])0x[\da-fA-F]{40}(?![\w-])/g

/** Wallets of Bitcoin and Ethereum, by their checksums. */
export function findWallets(text: string, found: Found[]): void {
  for (const match of text.matchAll(LEGACY)) if (isBase58Check(match[0])) found.push(place(match, 'Bitcoin'))
  if (/bc1/i.test(text)) for (const match of text.matchAll(SEGWIT)) if (isBech32(match[0])) found.push(place(match, 'Bitcoin'))
  if (text.includes('0x')) for (const match of text.matchAll(ETHER)) if (isEther(match[0].slice(2))) found.push(place(match, 'Ethereum'))
}

const place = ({ index, 0: value }: RegExpExecArray, coin: string): Found => ({
  type: 'CRYPTO',
  start: index,
  end: index + value.length,
  score: 1,
  reason: `an address of ${coin}, its checksum fits`,
})

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

export function isBase58Check(text: string): boolean {
  let number = 0n
  for (const one of text) {
    const value = BASE58.indexOf(one)
    if (value < 0) return false
    number = number * 58n + BigInt(value)
  }
  const hex = number.toString(16).padStart(50, '0')
  if (hex.length > 50) return false
  const bytes = Buffer.from(hex, 'hex')
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21))
}

/** Both kinds: bech32 of the first witness version, bech32m of later ones. */
export function isBech32(text: string): boolean {
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return false
  const low = text.toLowerCase()
  const values = [...low.slice(3)].map((one) => BECH32.indexOf(one))
  if (values.includes(-1)) return false
  let check = 1
  for (const value of [3, 3, 0, 2, 3, ...values]) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    for (const [bit, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if ((top >>> bit) & 1) check ^= generator
  }
  return check === (values[0] === 0 ? 1 : 0x2bc830a3)
}

/** Capitals carry a checksum (EIP-55); where all letters are alike there is none. */
function isEther(hex: string): boolean {
  if (/^(.)\1+$/.test(hex)) return false
  if (hex === hex.toLowerCase() || hex === hex.toUpperCase()) return true
  const hash = keccak256(Buffer.from(hex.toLowerCase())).toString('hex')
  return [...hex].every((one, at) => !/[a-f]/i.test(one) || /[A-F]/.test(one) === Number.parseInt(hash[at] ?? '0', 16) > 7)
}
