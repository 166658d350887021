import { expect, test } from 'vitest'
import { mediaInBody, withoutData } from './media-in-body.ts'

const DATA = 'QUJD'.repeat(1000)
const body = (value: unknown, space?: number) => Buffer.from(JSON.stringify(value, null, space))
const content = (...parts: unknown[]) => ({ messages: [{ role: 'user', content: parts }] })

test.each([
  ['chat: an image by address', content({ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }), { image: 1 }, 0],
  ['chat: an image as data', content({ type: 'image_url', image_url: { url: `data:image/png;base64,${DATA}` } }), { image: 1 }, 1],
  ['chat: sound', content({ type: 'input_audio', input_audio: { data: DATA, format: 'wav' } }), { audio: 1 }, 1],
  ['chat: a file', content({ type: 'file', file: { file_data: `data:application/pdf;base64,${DATA}` } }), { file: 1 }, 1],
  ['Responses', { input: [{ role: 'user', content: [{ type: 'input_image' }, { type: 'input_file' }] }] }, { image: 1, file: 1 }, 0],
  [
    'Anthropic',
    content(
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: DATA } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: DATA } },
    ),
    { image: 1, file: 1 },
    2,
  ],
  [
    'Gemini',
    { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: DATA } }, { file_data: { mime_type: 'audio/mp3' } }] }] },
    { image: 1, audio: 1 },
    1,
  ],
  ['text alone', content({ type: 'text', text: 'Hello' }), {}, 0],
  ['a text that speaks of marks', content({ type: 'text', text: '{"type":"image_url"} and ;base64, and "data":"x"' }), {}, 0],
  [
    'a tool whose parameters are called so',
    { tools: [{ parameters: { properties: { image_url: { type: 'string' } }, enum: ['image'] } }] },
    {},
    0,
  ],
  ['the type of the answer of Gemini', { generationConfig: { responseMimeType: 'image/png' } }, {}, 0],
  ['a long text under the key data', { data: 'a long text. '.repeat(500) }, {}, 0],
])('%s', (_, value, counts, ranges) => {
  for (const space of [undefined, 2]) {
    const sent = body(value, space)
    const found = mediaInBody(sent)
    expect(Object.fromEntries(found.counts)).toEqual(counts)
    expect(found.ranges.length).toBe(ranges)
    const rest = withoutData(sent, found).toString()
    expect(JSON.parse(rest)).toBeTruthy()
    if (ranges > 0) expect(rest).not.toContain(DATA)
  }
})

test('megabytes of base64 are passed over', () => {
  const sent = body(
    content({ type: 'image', source: { type: 'base64', data: 'QUJD'.repeat(1 << 20) } }, { type: 'text', text: 'What is it?' }),
  )
  const found = mediaInBody(sent)
  expect(withoutData(sent, found).length).toBeLessThan(200)
})
