import { describe, expect, it } from 'vitest'
import { describedBy } from '../editor/lint.ts'
import { fieldsOf, valuesOf } from './variable-fields.ts'

const SCHEMA = describedBy(
  '{"properties":{"name":{"type":"string","description":"Of the customer","examples":["Ada"]},"age":{"type":"integer"},"vip":{"type":"boolean"}},"required":["name"]}',
)
const used = (name: string) => ({ name, isOptional: false, isMaybe: false })

describe('the form of variables', () => {
  it('has what is described, what is read and what holds messages, each once', () => {
    const fields = fieldsOf([used('name'), used('tone'), { ...used('title'), isMaybe: true }], SCHEMA, ['history'])
    expect(fields.map(({ name, kind, required }) => `${name} ${kind}${required ? ' required' : ''}`)).toEqual([
      'name text required',
      'age json',
      'vip boolean',
      'tone text',
      'history json',
    ])
    expect(fields[0]).toMatchObject({ help: 'Of the customer', suggestion: 'Ada' })
  })
  it('needs everything that is read where nothing is described', () => {
    expect(fieldsOf([used('tone')], null, [])).toMatchObject([{ name: 'tone', required: true }])
  })
  it('sends text as text, JSON as what it means, and nothing for an empty field', () => {
    const fields = fieldsOf([used('tone')], SCHEMA, ['history'])
    expect(valuesOf(fields, { name: '7', age: '7', vip: 'true', tone: '', history: '[{"role":' })).toEqual({
      values: { name: '7', age: 7, vip: true },
      problems: { history: 'This is no JSON' },
    })
  })
})
