import { NewExperiment } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { type Draft, draftOf, EMPTY, readDraft, usualName, variantsOf } from './draft.ts'

const evaluator = { key: 0, id: 'contains', name: '', params: '{ "value": "yes" }', shownOnly: false }
const draft = (given: Partial<Draft>): Draft => ({
  ...EMPTY,
  dataset: 'support/golden',
  prompt: 'support/refund',
  versions: [1, 2],
  evaluators: [evaluator],
  ...given,
})

describe('a new experiment', () => {
  it('is said in the words of the API', () => {
    const { sent } = readDraft(
      draft({
        split: 'test',
        repeats: '3',
        budget: '2.5',
        vs: 'v1',
        rules: [{ key: 0, metric: 'pass', rule: 'noninferior', amount: '0.03' }],
      }),
    )
    expect(sent).toEqual({
      name: 'support/refund',
      dataset: { name: 'support/golden', split: 'test' },
      variants: [
        { id: 'v1', prompt: { name: 'support/refund', version: 1 } },
        { id: 'v2', prompt: { name: 'support/refund', version: 2 } },
      ],
      repeats: 3,
      evaluators: [{ id: 'contains', params: { value: 'yes' } }],
      limits: { costUsd: 2.5 },
      gate: { vs: 'v1', rules: [{ metric: 'pass', rule: 'noninferior', margin: 0.03 }] },
    })
  })

  it('says what is wrong at the field where it was typed', () => {
    expect(readDraft(draft({ dataset: '', versions: [], evaluators: [] })).problems).toMatchObject({
      dataset: expect.any(String),
      versions: expect.any(String),
      evaluators: expect.any(String),
    })
    expect(readDraft(draft({ evaluators: [{ ...evaluator, params: '[1' }] })).problems).toHaveProperty('evaluators.0')
    expect(readDraft(draft({ task: 'http', url: 'no address' })).problems).toHaveProperty('url')
    expect(readDraft(draft({ repeats: '0' })).problems).toHaveProperty('repeats')
    expect(readDraft(draft({ first: 'some' })).problems).toHaveProperty('first')
    expect(readDraft(draft({ budget: '-1' })).problems).toHaveProperty('budget')
    expect(readDraft(draft({ name: 'two, of them' })).problems).toHaveProperty('name')
  })

  it('makes a variant of each combination', () => {
    const cool = { key: 0, name: 'cool', values: '{ "temperature": 0 }' }
    const warm = { key: 1, name: 'warm', values: '{ "temperature": 1 }' }
    const variants = variantsOf(draft({ models: ['a/b', ' c '], parameters: [cool, warm] }))
    expect(variants).toHaveLength(8)
    expect(variants[3]).toEqual({
      id: 'v1 - c - warm',
      prompt: { name: 'support/refund', version: 1 },
      model: 'c',
      parameters: { temperature: 1 },
    })
    expect(variantsOf(draft({ task: 'model', models: ['a/b'] }))).toEqual([{ id: 'a/b', model: 'a/b' }])
    expect(variantsOf(draft({ task: 'json', json: 'no json' }))).toEqual([])
  })

  it('has a name that the API takes, whatever the prompt is called', () => {
    expect(usualName(draft({ prompt: 'größe, für/alle' }))).toBe('gr  e  f r/alle')
    expect(readDraft(draft({ prompt: 'größe, für/alle' })).sent?.name).toBe('gr  e  f r/alle')
  })

  it('can be made once more from what it was', () => {
    const before = draft({
      split: 'test',
      vs: 'v1',
      rules: [{ key: 0, metric: 'pass', rule: 'min', amount: '0.9' }],
      judge: 'judge',
      budget: '1',
    })
    const made = NewExperiment.parse(readDraft(before).sent)
    expect(readDraft(draftOf(made)).sent).toEqual(readDraft(before).sent)
    const custom = NewExperiment.parse(readDraft(draft({ models: ['a/b', 'c'] })).sent)
    const again = draftOf(custom)
    expect(again.task).toBe('json')
    expect(NewExperiment.parse(readDraft(again).sent).variants).toEqual(custom.variants)
  })
})
