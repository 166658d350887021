import { describe, expect, it } from 'vitest'
import { completed, completionAt } from './completion.ts'

const at = (text: string, known: string[] = ['customer', 'question']) => {
  const caret = text.indexOf('|')
  return completionAt(text.replace('|', ''), caret, known)
}

describe('variables while they are written', () => {
  it('are those that are known, and those that the text uses elsewhere', () => {
    expect(at('Hi {{|')).toEqual({ from: 5, names: ['customer', 'question'] })
    expect(at('{{#items}}{{/items}} {{ it|')).toEqual({ from: 24, names: ['items'] })
    expect(at('Hi {{ CUS| }} {{customs}}')).toEqual({ from: 6, names: ['customer', 'customs'] })
  })

  it('are not offered elsewhere, nor where nothing fits', () => {
    for (const text of ['Hi cus|', '{{ a }} cus|', '{{> frag|', '{{ xyz|', '{ cus|']) expect(at(text)).toBeUndefined()
    expect(at('{{ question|', ['question'])).toBeUndefined()
  })

  it('are put in and closed once', () => {
    expect(completed('Hi {{ cu', 8, { from: 6, name: 'customer' })).toEqual({ text: 'Hi {{ customer}}', caret: 16 })
    expect(completed('Hi {{ cu }}!', 8, { from: 6, name: 'customer' })).toEqual({ text: 'Hi {{ customer }}!', caret: 17 })
  })
})
