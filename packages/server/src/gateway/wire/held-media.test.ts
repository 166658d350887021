import { expect, test } from 'vitest'
import { holdMedia } from './held-media.ts'

const IMAGE = Buffer.alloc(3 << 20, 'a picture').toString('base64')
const roundTrip = (value: unknown) => {
  const body = Buffer.from(JSON.stringify(value))
  const { text, release } = holdMedia(body)
  const pieces = release(JSON.stringify(JSON.parse(text)))
  return { text, pieces, back: JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown }
}

test('media are taken out of the text and come back in their places, as the same bytes', () => {
  const value = {
    model: 'm',
    messages: [
      { content: [{ url: `data:image/png;base64,${IMAGE}` }, { text: 'Grüß "dich" \\ 世界' }, { data: IMAGE }] },
      { content: 'and\nthen' },
    ],
  }
  const { text, back } = roundTrip(value)
  expect(text.length).toBeLessThan(2000)
  expect(text).toContain(`data:image/png;base64,${IMAGE.slice(0, 64)}`)
  expect(back).toEqual(value)
})

test('the bytes of a medium are pointed at, not copied', () => {
  const body = Buffer.from(JSON.stringify({ data: IMAGE }))
  const { text, release } = holdMedia(body)
  expect(release(text).some((piece) => piece.buffer === body.buffer && piece.length > IMAGE.length - 100)).toBe(true)
})

test('a medium that is left out is left out, one that is used twice comes twice', () => {
  const { text, release } = holdMedia(Buffer.from(JSON.stringify([IMAGE, IMAGE.replace('Y', 'Z')])))
  const [, second] = JSON.parse(text) as string[]
  expect(JSON.parse(Buffer.concat(release(JSON.stringify({ a: second, b: second }))).toString())).toEqual({
    a: IMAGE.replace('Y', 'Z'),
    b: IMAGE.replace('Y', 'Z'),
  })
})

test.each([
  ['a long text', 'word '.repeat(60_000)],
  ['a long line with an escape', `${'A'.repeat(200_000)}\n`],
  ['an address that is no data', `https://example.com/${'a'.repeat(200_000)}?q=ü`],
  ['a data address of text', `data:text/plain,${'a'.repeat(200_000)}`],
])('%s stays where it is', (_, long) => {
  const { text, back } = roundTrip({ long })
  expect(back).toEqual({ long })
  expect(text.length).toBeGreaterThan(190_000)
})

test('a body that is cut off or no JSON is handed on as it is', () => {
  for (const body of ['"', `{"a":"${'A'.repeat(200_000)}`, 'x'.repeat(200_000), `"${'A'.repeat(200_000)}\\`])
    expect(() => holdMedia(Buffer.from(body))).not.toThrow()
})
