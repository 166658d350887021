import { describe, expect, it } from 'vitest'
import { describedBy, lintVariables, schemaFor } from './lint.ts'

const used = (name: string, more: { isOptional?: boolean; isMaybe?: boolean } = {}) => ({
  name,
  isOptional: false,
  isMaybe: false,
  ...more,
})
const SCHEMA = '{"type":"object","properties":{"question":{"type":"string","maxLength":9},"old":{}},"required":["question","old"]}'

describe('variables of a prompt', () => {
  it('are named where nobody described them, and where nobody reads them', () => {
    const found = lintVariables([used('question'), used('tone'), used('title', { isMaybe: true })], describedBy(SCHEMA), ['history'])
    expect(found.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['tone undescribed', 'old unused'])
  })
  it('are not complained about where there is no schema to hold them to', () => {
    expect(lintVariables([used('tone')], describedBy(''), [])).toEqual([])
    expect(lintVariables([used('tone')], describedBy('{'), [])).toEqual([])
  })
  it('must not have the name of a placeholder', () => {
    expect(lintVariables([used('history')], null, ['history']).map(({ kind }) => kind)).toEqual(['twice'])
  })
  it('get a schema that keeps what was described and drops what nobody reads', () => {
    const schema = schemaFor([used('question'), used('tone'), used('extra', { isOptional: true })], describedBy(SCHEMA), ['history'])
    expect(JSON.parse(schema)).toEqual({
      type: 'object',
      properties: {
        question: { type: 'string', maxLength: 9 },
        tone: { type: 'string' },
        extra: { type: 'string' },
        history: { type: 'array' },
      },
      required: ['question', 'tone'],
    })
  })
})
