import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { paths } from '../environment.ts'
import { assertDataVersion, DATA_VERSION, readDataVersion, writeDataVersion } from './data-version.ts'

const folder = (version?: string) => {
  const data = mkdtempSync(join(tmpdir(), 'data-version-'))
  if (version !== undefined) writeFileSync(paths(data).version, version)
  return data
}

it.each([
  ['a new folder', undefined, 'new'],
  ['one of this version', JSON.stringify({ dataVersion: DATA_VERSION }), 'same'],
  ['one of an older version', JSON.stringify({ dataVersion: DATA_VERSION - 1 }), 'older'],
])('knows %s', (_, version, expected) => {
  expect(assertDataVersion(folder(version))).toBe(expected)
})

it('refuses the folder of a newer program, in words', () => {
  const data = folder(JSON.stringify({ dataVersion: DATA_VERSION + 3, program: '9.1.0' }))
  expect(() => assertDataVersion(data)).toThrow(
    `was written by Signalbox 9.1.0 (data version ${DATA_VERSION + 3}); this program knows version ${DATA_VERSION}.`,
  )
})

it.each(['', '{"dataVersion":', '{"dataVersion":"new"}'])('does not guess what %j means', (text) => {
  expect(() => assertDataVersion(folder(text))).toThrow('is not readable')
})

it('reads what it wrote', () => {
  const data = folder()
  writeDataVersion(join(data, 'sub'), '0.1.0')
  expect(readDataVersion(join(data, 'sub'))).toMatchObject({ dataVersion: DATA_VERSION, program: '0.1.0' })
})
