import { expect, test } from 'vitest'
import { describeForm, fieldText, formParts, isForm } from './form.ts'

const CRLF = '\r\n'
const part = (head: string, content: string) => `--B${CRLF}Content-Disposition: form-data; ${head}${CRLF}${CRLF}${content}${CRLF}`
const type = 'multipart/form-data; boundary=B'
const body = (...parts: string[]) => Buffer.from(`${parts.join('')}--B--${CRLF}`, 'latin1')

test('fields are found beside a file whose bytes say anything', () => {
  const file = part(`name="file"; filename="a \\"b\\".wav"${CRLF}Content-Type: audio/wav`, '\x00\xff\r\n\r\n--C\r\nname="model"')
  const form = body(file, part('name="model"', 'whisper-1'), part('name="prompt"', ''))
  const parts = formParts(form, type)
  expect(parts.map(({ name, filename }) => [name, filename])).toEqual([
    ['file', 'a "b".wav'],
    ['model', undefined],
    ['prompt', undefined],
  ])
  expect([fieldText(form, parts, 'model'), fieldText(form, parts, 'prompt'), fieldText(form, parts, 'file')]).toEqual([
    'whisper-1',
    '',
    undefined,
  ])
  expect(JSON.parse(describeForm(form, parts))).toEqual({
    file: { filename: 'a "b".wav', type: 'audio/wav', bytes: 23 },
    model: 'whisper-1',
    prompt: '',
  })
})

test('what only begins like the boundary is content', () => {
  const content = '\r\n--Bee\r\nx\r\n--B-\r\n'
  const form = body(part('name="file"; filename="nested"', content), part('name="model"', 'm'))
  const parts = formParts(form, type)
  expect(parts.map(({ name, start, end }) => [name, end - start])).toEqual([
    ['file', content.length],
    ['model', 1],
  ])
})

test('several values of a name are a list', () => {
  const form = body(part('name="t[]"', 'word'), part('name="t[]"', 'segment'))
  expect(JSON.parse(describeForm(form, formParts(form, type)))).toEqual({ 't[]': ['word', 'segment'] })
})

test.each([
  ['no boundary', 'multipart/form-data', body(part('name="a"', 'x'))],
  ['another boundary', 'multipart/form-data; boundary="C"', body(part('name="a"', 'x'))],
  ['no end', type, Buffer.from(part('name="a"', 'x'))],
  ['nothing', type, Buffer.alloc(0)],
])('%s is refused', (_, contentType, form) => {
  expect(() => formParts(form, contentType)).toThrow(expect.objectContaining({ code: 'invalid-request' }))
})

test('a form is known by its content type', () => {
  expect([isForm('Multipart/Form-Data; boundary=x'), isForm('application/json'), isForm(undefined)]).toEqual([true, false, false])
})
