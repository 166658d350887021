import { createWriteStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack as newPack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unpack } from './empty-database.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'empty-database-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function tar(entries: [name: string, text?: string][]): Promise<string> {
  const file = join(folder, 'made.tar.gz')
  const pack = newPack()
  const written = pipeline(pack, createGzip(), createWriteStream(file))
  for (const [name, text] of entries) {
    if (text === undefined) pack.entry({ name, type: 'directory' })
    else pack.entry({ name }, text)
  }
  pack.finalize()
  await written
  return file
}

describe('what is unpacked', () => {
  it('has every file and every folder, empty ones too', async () => {
    const file = await tar([['base'], ['base/1'], ['base/1/PG_VERSION', '18\n'], ['pg_notify'], ['postgresql.conf', '']])
    await unpack(file, join(folder, 'db'))
    expect(readdirSync(join(folder, 'db'), { recursive: true }).sort()).toEqual([
      'base',
      'base/1',
      'base/1/PG_VERSION',
      'pg_notify',
      'postgresql.conf',
    ])
    expect(readFileSync(join(folder, 'db/base/1/PG_VERSION'), 'utf8')).toBe('18\n')
  })

  it('stays within its folder', async () => {
    const file = await tar([['../outside', 'x']])
    await expect(unpack(file, join(folder, 'db'))).rejects.toThrow('outside of its folder: ../outside')
    expect(existsSync(join(folder, 'outside'))).toBe(false)
  })
})
