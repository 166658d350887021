import { describe, expect, it } from 'vitest'
import { wordDiff } from './word-diff.ts'

const SIGNS = { same: '', added: '+', removed: '-' }
const diff = (before: string, after: string) =>
  wordDiff(before, after)
    .map(({ type, text }) => (type === 'same' ? text : `[${SIGNS[type]}${text}]`))
    .join('')
/** A number from another, always the same. */
const mix = (n: number) => (Math.imul(n ^ (n >>> 13), 0x5bd1e995) >>> 7) % 97

describe('two texts word by word', () => {
  it.each([
    ['the same text', 'the same text', 'the same text'],
    ['', 'all new', '[+all new]'],
    ['all gone', '', '[-all gone]'],
    ['the quick fox', 'the slow fox', 'the [-quick][+slow] fox'],
    ['one two', 'one and two', 'one [+and ]two'],
    ['Refund: $10.', 'Refund: $12!', 'Refund: $[-10.][+12!]'],
    ['your order\nhas left', 'your parcel\nhas left', 'your [-order][+parcel]\nhas left'],
    ['東京へ行く', '京都へ行く', '[-東]京[+都]へ行く'],
    ['take the red one', 'take a blue one', 'take [-the red][+a blue] one'],
    [
      'You were quick enough: the label was not printed yet.',
      'Je suis désolé : le système nécessaire est momentanément indisponible.',
      '[-You were quick enough: the label was not printed yet.][+Je suis désolé : le système nécessaire est momentanément indisponible.]',
    ],
    ["it's fine", 'it is fine', "[-it's][+it is] fine"],
  ])('%j and %j', (before, after, expected) => expect(diff(before, after)).toBe(expected))

  it('puts both texts together again, whatever they are', () => {
    for (let seed = 1; seed < 60; seed += 1) {
      const text = (salt: number) =>
        Array.from({ length: mix(seed * salt) }, (_, at) => ['a', 'b', ' ', 'é', '.', '字'][mix(seed * 31 + at * salt) % 6]).join('')
      const [before, after] = [text(7), text(13)]
      const pieces = wordDiff(before, after)
      expect(
        pieces
          .filter(({ type }) => type !== 'added')
          .map((piece) => piece.text)
          .join(''),
      ).toBe(before)
      expect(
        pieces
          .filter(({ type }) => type !== 'removed')
          .map((piece) => piece.text)
          .join(''),
      ).toBe(after)
    }
  })

  it('tells long texts that share little as a whole', () => {
    const long = (word: string) => Array.from({ length: 3000 }, (_, at) => `${word}${at}`).join(' ')
    expect(wordDiff(`start ${long('a')}`, `start ${long('b')}`).map(({ type }) => type)).toEqual(['removed', 'added'])
  })
})
