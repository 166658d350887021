import type { Score, TracedSession, Turn } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { documentsOf } from './found-documents.ts'
import { sessionMarkdown } from './session-text.ts'
import { turnMessages } from './turn-messages.ts'

const said = (value: unknown, more: Partial<NonNullable<Turn['input']>> = {}): Turn['input'] =>
  ({ spanId: 'a'.repeat(16), value, earlier: 0, bytes: 1, cut: false, ...more }) as Turn['input']
const turn = (given: Partial<Turn>): Turn =>
  ({
    trace: {
      traceId: 'f'.repeat(32),
      name: 'chat',
      startedAt: '2026-11-20T12:00:00.000Z',
      durationMs: 1200,
      status: 'ok',
      models: ['gpt-4o'],
      costUsd: '0.01',
      inputPreview: 'begins',
      outputPreview: 'ends',
    },
    statusMessage: null,
    input: null,
    output: null,
    steps: [],
    stepCount: 0,
    scores: [],
    ...given,
  }) as Turn

describe('the messages of a turn', () => {
  test('are what was asked, what came between, and what was answered', () => {
    const call = { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'search', arguments: '{}' } }] }
    const { asked, between, answered } = turnMessages({
      input: said({
        messages: [{ role: 'system', content: 'Be kind' }, { role: 'user', content: 'Hi' }, call, { role: 'tool', content: 'found' }],
      }),
      output: said({ choices: [{ message: { role: 'assistant', content: 'Hello' } }] }),
    })
    expect(asked.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(between.map(({ role }) => role)).toEqual(['assistant', 'tool'])
    expect(answered).toMatchObject([{ role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] }])
  })

  test('are the text of an object that holds nothing else, and else the object stays one', () => {
    const { asked, answered, output } = turnMessages({
      input: said({ question: 'Why?' }),
      output: said({ answer: 'So.', sources: ['faq'] }),
    })
    expect(asked).toMatchObject([{ role: 'user', parts: [{ text: 'Why?' }] }])
    expect(answered).toEqual([])
    expect(output).toEqual({ answer: 'So.', sources: ['faq'] })
    expect(turnMessages({ input: null, output: null })).toMatchObject({ asked: [], answered: [], input: undefined, output: undefined })
  })
})

test('a session as Markdown has who said what, the steps, what failed and the scores', () => {
  const text = sessionMarkdown({
    session: { sessionId: 's-1', traces: 2, userIds: ['ann'], startedAt: 'A', lastAt: 'B', costUsd: '0.02' } as TracedSession,
    scores: [],
    turns: [
      turn({
        input: said('Where is it?'),
        output: said('There.'),
        steps: [{ kind: 'tool', name: 'lookup', status: 'error', statusMessage: 'too slow' } as Turn['steps'][number]],
        scores: [{ name: 'thumbs', value: false, comment: 'no' } as Score],
      }),
      turn({ input: said({ a: '```' }), trace: { ...turn({}).trace, status: 'error' }, statusMessage: 'out of credit' }),
      turn({ input: said(null, { cut: true }) }),
    ],
  })
  expect(text).toContain('# Session s-1\n\n2 turns · with ann')
  expect(text).toContain('**user**\n\nWhere is it?')
  expect(text).toContain('- tool `lookup`: error (too slow)')
  expect(text).toContain('**assistant**\n\nThere.')
  expect(text).toContain('- score `thumbs`: false “no”')
  // A fence that the text cannot end.
  expect(text).toContain('````json\n{\n  "a": "```"\n}\n````')
  expect(text).toContain('**error**: out of credit')
  expect(text).toContain('**user** (begins with)\n\nbegins…')
})

test('documents are found as the common libraries write them', () => {
  expect(documentsOf(['one'])).toEqual([{ title: '', text: 'one', score: null }])
  expect(documentsOf({ documents: [{ page_content: 'two', metadata: { source: 'a.md' } }] })).toEqual([
    { title: 'a.md', text: 'two', score: null },
  ])
  expect(documentsOf([{ document: { content: 'three', id: 'x' }, score: 0.5 }])).toEqual([{ title: 'x', text: 'three', score: 0.5 }])
  for (const other of [null, 'text', [], [{ price: 1 }], { documents: [] }]) expect(documentsOf(other)).toBeNull()
})
