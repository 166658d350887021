import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ResponsesStreamWatch } from './watch.ts'
import { responsesWholeFacts } from './whole-facts.ts'

const names = readdirSync(new URL('./__fixtures__/', import.meta.url))
  .filter((name) => name.endsWith('.sse'))
  .map((name) => name.slice(0, -4))
const fixture = (name: string) => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url))

function run(pieces: Buffer[]) {
  const watch = new ResponsesStreamWatch()
  const out: Buffer[] = []
  let held = ''
  const take = ({ pass, last }: { pass: Buffer; last: Buffer | undefined }) => {
    out.push(pass, last ?? Buffer.alloc(0))
    if (last) held += last.toString()
  }
  for (const piece of pieces) take(watch.push(piece))
  take(watch.finish())
  return { text: Buffer.concat(out).toString('utf8'), held, facts: watch.facts }
}
const split = (bytes: Buffer, cuts: number[]): Buffer[] => {
  const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

describe.each(names)('%s', (name) => {
  test.each(['\n', '\r\n'])('passes every byte as it came and holds the end, however it is cut (%j)', (newline) => {
    const bytes = Buffer.from(fixture(`${name}.sse`).toString().replaceAll('\n', newline))
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 12 }), (cuts) => {
        const { text, held, facts } = run(split(bytes, cuts))
        expect(text).toBe(bytes.toString())
        expect(held).toMatch(/^event: response\.(completed|incomplete|failed)/)
        const { isJson, ...whole } = responsesWholeFacts(fixture(`${name}.json`))
        expect(isJson).toBe(true)
        expect(facts).toEqual({ ...whole, hasContent: name !== 'failed', done: true })
      }),
      { numRuns: 50 },
    )
  })

  test('a long body tells the same without being parsed', () => {
    const { output, ...rest } = JSON.parse(fixture(`${name}.json`).toString()) as Record<string, unknown>
    const long = Buffer.from(JSON.stringify({ output: [output, 'x'.repeat(300_000)], ...rest }))
    expect(responsesWholeFacts(long)).toEqual(responsesWholeFacts(fixture(`${name}.json`)))
  })
})

test('a stream without its end has no reason and nothing held', () => {
  const bytes = fixture('text.sse')
  const { text, held, facts } = run([bytes.subarray(0, bytes.indexOf('event: response.completed'))])
  expect(text).toBe(bytes.subarray(0, bytes.indexOf('event: response.completed')).toString())
  expect({ held, done: facts.done, finishReason: facts.finishReason }).toEqual({ held: '', done: false, finishReason: '' })
})

test('what follows the end goes with it, once, also where it is not complete', () => {
  const bytes = Buffer.concat([fixture('text.sse'), Buffer.from('data: [DO')])
  const { text, held } = run([bytes])
  expect(text).toBe(bytes.toString())
  expect(held.endsWith('data: [DO')).toBe(true)
})

test('text that looks like an end is only text', () => {
  const delta = (text: string) =>
    `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', delta: text })}\n\n`
  const { held, facts } = run([Buffer.from(delta('x') + delta('event: response.completed data: [DONE] "error"'))])
  expect({ held, facts }).toMatchObject({ held: '', facts: { done: false, error: '', hasContent: true } })
})

test.each([
  'event: error\ndata: {"type":"error","code":"server_error","message":"overloaded","param":null,"sequence_number":3}\n\n',
  'data: {"error":{"message":"overloaded"}}\n\n',
])('an error event ends the stream: %s', (event) => {
  const head = fixture('text.sse').toString().split('event: response.content_part.added')[0] ?? ''
  const { held, facts } = run([Buffer.from(head), Buffer.from(event)])
  expect({ held, facts }).toMatchObject({ held: event, facts: { error: 'overloaded', finishReason: '', model: 'gpt-5-2025-08-07' } })
})

test.each([
  ['<html>', { isJson: false }],
  ['{"error":{"message":"no"}}', { isJson: true, error: 'no', finishReason: '' }],
  ['{"status":"cancelled"}', { error: 'cancelled' }],
])('the whole body %s', (body, expected) => {
  expect(responsesWholeFacts(Buffer.from(body))).toMatchObject(expected)
})
