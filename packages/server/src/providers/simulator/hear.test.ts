import { expect, test } from 'vitest'
import { hear, type Said } from './hear.ts'

test.each<[string, Said[], ReturnType<typeof hear>]>([
  ['nothing', [], { text: '', toolResults: [], images: 0, inputTokens: 0 }],
  [
    'the last user text, with the size of everything',
    [
      { by: 'other', text: 'system' },
      { by: 'user', text: 'first' },
      { by: 'other', text: 'answer' },
      { by: 'user', text: 'last' },
    ],
    { text: 'last', toolResults: [], images: 0, inputTokens: 6 },
  ],
  [
    'results after it, not those before it',
    [
      { by: 'user', text: 'a' },
      { by: 'tool', text: 'old' },
      { by: 'user', text: 'b' },
      { by: 'tool', text: 'x' },
      { by: 'tool', text: 'y' },
    ],
    { text: 'b', toolResults: ['x', 'y'], images: 0, inputTokens: 2 },
  ],
  [
    'media costs the same whatever it is; code points, not UTF-16',
    [{ by: 'user', text: '😀😀😀😀', images: 1, media: 2 }],
    { text: '😀😀😀😀', toolResults: [], images: 1, inputTokens: 201 },
  ],
])('%s', (_, said, heard) => expect(hear(said)).toEqual(heard))
