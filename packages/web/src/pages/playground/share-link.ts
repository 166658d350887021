import { PlaygroundState } from '@signalbox/schema'

/** Of a state in an address: what every browser, proxy and chat program passes on whole. */
export const LONGEST = 6000

/** A state as text for an address; `null` where it would be too long, and is to be kept by the server. */
export async function writeState(state: PlaygroundState): Promise<string | null> {
  const json = new TextEncoder().encode(JSON.stringify(state))
  // Not even packed could so much fit; and packing megabytes with each key that is pressed would be felt.
  if (json.length > 40 * LONGEST) return null
  const packed = new Uint8Array(await through(json, new CompressionStream('deflate-raw')))
  const text = btoa(String.fromCharCode(...packed.subarray(0, LONGEST)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
  return text.length > LONGEST ? null : text
}

/** The state of an address; `null` where it is none, or one of another version. */
export async function readState(text: string): Promise<PlaygroundState | null> {
  try {
    const packed = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
    const json = new TextDecoder().decode(await through(packed, new DecompressionStream('deflate-raw')))
    const parsed = PlaygroundState.safeParse(JSON.parse(json))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** More is no playground, whatever it unpacks to. */
const MOST_BYTES = 4_000_000

async function through(bytes: Uint8Array, transform: GenericTransformStream): Promise<ArrayBuffer> {
  const reader = new Blob([bytes as BlobPart]).stream().pipeThrough(transform).getReader()
  const pieces: BlobPart[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return await new Blob(pieces).arrayBuffer()
    pieces.push(value as BlobPart)
    length += value.length
    if (length > MOST_BYTES) {
      await reader.cancel()
      throw new Error('too long')
    }
  }
}
