import { expect, test } from 'vitest'
import { fixture, json } from './transcripts.case.ts'
import { wholeFacts } from './whole-facts.ts'

test('what a whole answer says of itself', () => {
  expect(wholeFacts(fixture('text.json'))).toMatchObject({
    isJson: true,
    model: 'gemini-2.5-flash',
    finishReason: 'STOP',
    usage: { totalTokenCount: 30 },
    error: '',
  })
  expect(wholeFacts(fixture('blocked.json')).finishReason).toBe('PROHIBITED_CONTENT')
  expect(wholeFacts(fixture('error.json'))).toMatchObject({ isJson: true, error: 'You exceeded your current quota.' })
  expect(wholeFacts(Buffer.from(`[${fixture('error.json')}]`)).error).toBe('You exceeded your current quota.')
  expect(wholeFacts(Buffer.from('<html>')).isJson).toBe(false)
})

test('a long answer says the same without being parsed', () => {
  const body = json('image.json') as { candidates: { content: { parts: object[] } }[] }
  body.candidates[0]?.content.parts.unshift(
    { text: 'It says "finishReason": "OTHER". ' },
    { inlineData: { mimeType: 'image/png', data: 'A'.repeat(400_000) } },
  )
  expect(wholeFacts(Buffer.from(JSON.stringify(body)))).toMatchObject({
    isJson: true,
    model: 'gemini-2.5-flash',
    finishReason: 'STOP',
    usage: { candidatesTokenCount: 1295 },
    error: '',
  })
})
