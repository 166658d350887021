import { expect, it } from 'vitest'
import { readHeaders } from './header-lines.tsx'

it.each([
  ['', undefined],
  [' \n', undefined],
  ['x-team: a', { 'x-team': 'a' }],
  ['x-team: a:b \r\n\nx-other:c', { 'x-team': 'a:b', 'x-other': 'c' }],
  ['x-team', { 'x-team': '' }],
])('reads %j', (text, headers) => {
  expect(readHeaders(text)).toEqual(headers)
})
