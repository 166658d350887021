import { PromptContent, type PromptContentInput } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import type { PlainCall } from './calls.ts'
import { findInPlainCalls, findStale, GRACE_MS } from './find-drift.ts'
import { KnownTexts } from './known-texts.ts'
import type { LabelOf } from './registered.ts'
import { systemTextOf } from './system-text.ts'
import { countShapes, type Shapes } from './variable-shapes.ts'

describe('the system text of a request', () => {
  it.each([
    [
      {
        messages: [
          { role: 'system', content: 'Be  kind.\n' },
          { role: 'user', content: 'x' },
          { role: 'developer', content: [{ type: 'text', text: 'Short.' }] },
        ],
      },
      'Be kind. Short.',
    ],
    [{ system: [{ type: 'text', text: 'Be kind.' }], messages: [] }, 'Be kind.'],
    [{ instructions: 'Be kind.', input: [{ role: 'system', content: 'Short.' }] }, 'Be kind. Short.'],
    [{ system_instruction: { parts: [{ text: 'Be kind.' }] }, contents: [] }, 'Be kind.'],
    [{ messages: [{ role: 'user', content: 'x' }] }, undefined],
    [{ input: 'x' }, undefined],
    [[1], undefined],
    ['text', undefined],
  ])('%j', (request, text) => expect(systemTextOf(request)).toBe(text))
})

const known = (contents: Record<string, PromptContentInput[]>) => {
  const texts = new KnownTexts()
  for (const [prompt, versions] of Object.entries(contents))
    for (const [at, content] of versions.entries()) texts.add({ prompt, version: at + 1 }, PromptContent.parse(content))
  return texts
}
const text = (said: string, more: object = {}): PromptContentInput => ({ type: 'text', text: said, ...more })

describe('a text', () => {
  const texts = known({
    clauses: [
      text('Extract only the liabilities and terms of {{contract}}.'),
      {
        type: 'chat',
        messages: [
          { role: 'system', content: 'In simple terms:\n{{> tone@production}}\n{{#x}}a{{/x}} end it.' },
          { role: 'user', content: '{{q}}' },
        ],
      },
    ],
    jinja: [text('You help {% for n in names %}{{ n }}{% endfor %} with their invoices.', { engine: 'jinja' })],
    fixed: [text('You are a helpful assistant.', { variants: [{ name: 'v', provider: 'anthropic', text: '<be>helpful and kind</be>' }] })],
    loose: [text('{{text}}')],
  })
  it.each([
    ['Extract only the liabilities and terms of the lease.', { prompt: 'clauses', version: 1 }],
    ['In simple terms: Be warm. end it.', { prompt: 'clauses', version: 2 }],
    ['You help Ada and Bob with their invoices.', { prompt: 'jinja', version: 1 }],
    ['You are a helpful assistant.', { prompt: 'fixed', version: 1 }],
    ['<be>helpful and kind</be>', { prompt: 'fixed', version: 1 }],
    ['You are a helpful assistant. And more.', undefined],
    ['Extract the liabilities of the lease.', undefined],
    ['Anything at all', undefined],
  ])('%j is of %j', (said, version) => expect(texts.match(said)).toEqual(version))

  it('that is of none is most like one', () => {
    expect(texts.nearest('Extract in simple words the liabilities and terms of the lease')).toMatchObject({ prompt: 'clauses', version: 1 })
    expect(texts.nearest('zzz')).toBeUndefined()
  })

  it('of two versions that both make it is of the newer one', () => {
    expect(
      known({ a: [text('Always the same text.'), text('Always the same text.', { tests: { dataset: 'd' } })] }).match(
        'Always the same text.',
      ),
    ).toEqual({
      prompt: 'a',
      version: 2,
    })
  })
})

const NOW = 1_800_000_000_000
const call = (said: string, more: Partial<PlainCall> = {}): PlainCall => ({
  traceId: 't',
  spanId: 's',
  app: 'shop',
  at: NOW,
  route: 'gpt-4o',
  input: JSON.stringify({ messages: [{ role: 'system', content: said }] }),
  ...more,
})
const registered = (labels: Record<string, LabelOf[]> = {}) => ({
  revision: 1,
  texts: known({ refund: [text('Refund within 14 days, {{name}}.'), text('Refund within 30 days, {{name}}.')] }),
  labels: new Map(Object.entries(labels)),
})
const moved = (ago: number): LabelOf[] => [{ label: 'production', versions: [2], movedAt: NOW - ago }]

describe('what calls say', () => {
  it('counts unregistered texts by route and app, with where they begin', async () => {
    const found = await findInPlainCalls(
      [
        call('You sell shoes to customer 17', { at: NOW - 5 }),
        call('You sell shoes to customer 18', { traceId: 'last' }),
        call('You sell shoes to customer 19', { app: 'other' }),
        call('Refund within 30 days, Ada.'),
        call('', { input: 'no JSON' }),
        call('', { input: '{"messages":[{"role":"user","content":"x"}]}' }),
      ],
      registered(),
      NOW,
    )
    expect(found).toHaveLength(2)
    expect(found[0]).toMatchObject({
      kind: 'unregistered',
      count: 2,
      firstAt: NOW - 5,
      lastAt: NOW,
      traceId: 'last',
      route: 'gpt-4o',
      app: 'shop',
    })
    expect(found[0]?.text).toBe('You sell shoes to customer 18')
  })

  it('says which version an unregistered text is most like', async () => {
    const [found] = await findInPlainCalls([call('Refund within 60 days, please.')], registered(), NOW)
    expect(found?.nearest).toMatchObject({ prompt: 'refund', similarity: expect.any(Number) })
  })

  it('takes a text of a version that the label has left for stale', async () => {
    const [found, ...rest] = await findInPlainCalls([call('Refund within 14 days, Ada.')], registered({ refund: moved(2 * GRACE_MS) }), NOW)
    expect(rest).toEqual([])
    expect(found).toMatchObject({ kind: 'stale', prompt: 'refund', version: '1', current: { label: 'production', version: 2 } })
  })

  const use = { prompt: 'refund', version: '1', app: 'shop', count: 3, firstAt: NOW - 10, lastAt: NOW, traceId: 't', spanId: 's' }
  it.each([
    ['an old version, long after the label moved', use, { refund: moved(2 * GRACE_MS) }, 1],
    ['an old version, right after the label moved', use, { refund: moved(GRACE_MS / 2) }, 0],
    ['what was called before that', { ...use, lastAt: NOW - 3 * GRACE_MS }, { refund: moved(2 * GRACE_MS) }, 0],
    ['the version of the label', { ...use, version: '2' }, { refund: moved(2 * GRACE_MS) }, 0],
    ['a newer one, tried out', { ...use, version: '3' }, { refund: moved(2 * GRACE_MS) }, 0],
    ['an old one that another label keeps', use, { refund: [...moved(2 * GRACE_MS), { label: 'old', versions: [1], movedAt: 0 }] }, 0],
    ['a prompt without labels', use, {}, 0],
  ])('%s', (_, one, labels, count) => {
    expect(findStale([one], registered(labels), NOW)).toHaveLength(count)
  })
})

describe('the variables of a prompt', () => {
  const after = (usual: () => Record<string, string>, then: () => Record<string, string>) => {
    const shapes: Shapes = {}
    for (let at = 0; at < 100; at++) expect(countShapes(shapes, usual())).toEqual([])
    return Array.from({ length: 20 }, () => countShapes(shapes, then())).flat()
  }
  const text100 = () => ({ policy: `text ${90 + Math.floor(Math.random() * 20)}`, note: 'null' })
  it.each([
    ['null', () => ({ policy: 'null', note: 'null' }), { change: 'null', before: 'null in 0 % of calls', now: 'null in 100 % of calls' }],
    ['missing', () => ({ note: 'null' }), { change: 'missing', now: 'missing in 100 % of calls' }],
    ['longer', () => ({ policy: 'text 5000', note: 'null' }), { change: 'length', now: 'about 5000 characters' }],
    ['of another type', () => ({ policy: 'list 3', note: 'null' }), { change: 'type', before: 'text', now: 'list' }],
  ])('are %s', (_, then, change) => {
    expect(after(text100, then)).toEqual([expect.objectContaining({ name: 'policy', count: 20, ...change })])
  })
  it('are as they were', () => expect(after(text100, text100)).toEqual([]))
  it('take no more room than fifty', () => {
    const shapes: Shapes = {}
    countShapes(shapes, Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`v${at}`, 'text 1'])))
    expect(Object.keys(shapes)).toHaveLength(50)
  })
})
