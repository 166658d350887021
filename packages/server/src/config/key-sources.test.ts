import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKeySources } from './key-sources.ts'
import { parseConfig } from './load.ts'
import { createProjectProviders } from './project-providers.ts'
import { readKey } from './read-key.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-keys-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const node = (script: string): string[] => [process.execPath, '-e', script]
const parse = (text: string, variables = {}) => parseConfig(text, { name: 'signalbox.yaml', variables })
const NOTHING_STORED = { of: async () => [], all: async () => [] }

describe('a key command', () => {
  it('prints the key, without a shell and without the secrets of this program', async () => {
    process.env.SIGNALBOX_MASTER_KEY_OF_TEST = 'x'
    const script = 'console.log(`  ${process.argv[1]}/${process.env.SIGNALBOX_MASTER_KEY_OF_TEST}/${process.cwd().split("/").at(-1)}\\n`)'
    const read = await readKey({ command: [...node(script), '$HOME;id'], ttlSeconds: 1 }, folder)
    expect(read).toEqual({ apiKey: `$HOME;id/undefined/${folder.split('/').at(-1)}` })
    delete process.env.SIGNALBOX_MASTER_KEY_OF_TEST
  })

  it.each([
    ['console.log("sk-leaked"); console.error("sk-leaked"); process.exit(3)', 'its key command failed with exit code 3'],
    ['console.log("sk-leaked and more")', 'its key command printed more than one word of plain ASCII'],
    ['console.log("")', 'its key command printed nothing'],
    ['console.log("sk-leaked".repeat(20000))', 'its key command printed more than 65536 bytes'],
    ['process.kill(process.pid, "SIGTERM")', 'its key command was ended by SIGTERM'],
  ])('that does %s has a problem that does not quote it', async (script, problem) => {
    expect(await readKey({ command: node(script), ttlSeconds: 1 }, folder)).toEqual({ problem })
  })

  it('that does not exist or does not end is given up', async () => {
    expect(await readKey({ command: ['/no/such/program'], ttlSeconds: 1 }, folder)).toEqual({
      problem: 'its key command could not be started (ENOENT)',
    })
    expect(await readKey({ command: node('setInterval(() => {}, 1000)'), ttlSeconds: 1 }, folder, 200)).toEqual({
      problem: 'its key command took too long',
    })
  })
})

describe('a key file', () => {
  it('is relative to the configuration and is trimmed', async () => {
    await writeFile(join(folder, 'key'), ' sk-file\n')
    expect(await readKey({ file: 'key' }, folder)).toEqual({ apiKey: 'sk-file' })
  })

  it.each([
    ['absent', 'its key file absent cannot be read (ENOENT)'],
    ['.', 'its key file . is no file'],
    ['empty', 'its key file empty holds nothing'],
    ['words', 'its key file words holds more than one word of plain ASCII'],
  ])('%s has a problem', async (file, problem) => {
    await writeFile(join(folder, 'empty'), '\n')
    await writeFile(join(folder, 'words'), 'sk-a\nsk-b\n')
    expect(await readKey({ file }, folder)).toEqual({ problem })
  })
})

describe('keys that are followed', () => {
  const yaml = `version: 1
providers:
  filed: { kind: openai, apiKey: { file: key } }
  made: { kind: openai, apiKey: { command: [${JSON.stringify(process.execPath)}, -p, "'sk-' + 'made'"], ttlSeconds: 60 } }
`
  it('reach the providers, change with the file and with the configuration, and tell it', async () => {
    await writeFile(join(folder, 'key'), 'sk-one')
    const changed = vi.fn()
    const warn = vi.fn()
    const sources = createKeySources({ folder, changed, warn })
    let config = parse(yaml)
    const providers = createProjectProviders({ config: () => config, stored: NOTHING_STORED, keyOf: sources.keyOf })
    const found = async (name: string) => (await providers.of('default')).providers[name]
    await sources.follow(config.projects)
    expect(await found('filed')).toMatchObject({ apiKey: 'sk-one', problem: null, from: 'file' })
    expect(await found('made')).toMatchObject({ apiKey: 'sk-made', problem: null })
    expect(changed).not.toHaveBeenCalled()

    await writeFile(join(folder, 'key.new'), 'sk-two')
    await rename(join(folder, 'key.new'), join(folder, 'key'))
    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce(), 60_000)
    expect(await found('filed')).toMatchObject({ apiKey: 'sk-two' })

    await rm(join(folder, 'key'))
    await sources.follow(config.projects)
    expect(await found('filed')).toMatchObject({ apiKey: null, problem: 'its key file key cannot be read (ENOENT)' })
    expect(warn).toHaveBeenLastCalledWith({ project: 'default', provider: 'filed', problem: 'its key file key cannot be read (ENOENT)' })

    config = parse('version: 1\nproviders:\n  filed: { kind: openai, apiKey: sk-plain }\n')
    await sources.follow(config.projects)
    expect(await found('filed')).toMatchObject({ apiKey: 'sk-plain', problem: null })
    sources.close()
  })

  it('come anew from a command when their time is over, and stay when it fails then', async () => {
    const count = join(folder, 'count')
    await writeFile(count, '')
    const script = `const fs = require('fs'); fs.appendFileSync('count', 'x'); const n = fs.readFileSync('count').length; if (n > 2) process.exit(1); console.log('sk-' + n)`
    const changed = vi.fn()
    const warn = vi.fn()
    const sources = createKeySources({ folder, changed, warn })
    await sources.follow({ default: { keySources: { made: { command: node(script), ttlSeconds: 1 } } } })
    expect(sources.keyOf('default', 'made')).toEqual({ apiKey: 'sk-1' })
    await vi.waitFor(() => expect(warn).toHaveBeenCalled(), 60_000)
    expect(sources.keyOf('default', 'made')).toEqual({ apiKey: 'sk-2' })
    expect(changed).toHaveBeenCalledOnce()
    sources.close()
  })

  it('are renewed before the time of the one in use is over', async () => {
    // Only the clock of the renewal: commands run as ever.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const script = `const fs = require('fs'); fs.appendFileSync('runs', 'x'); console.log('ya29.' + fs.readFileSync('runs').length)`
      const config = parse(
        `version: 1\nproviders:\n  paris: { kind: vertex, project: p, apiKey: { command: ${JSON.stringify(node(script))}, ttlSeconds: 300 } }\n`,
      )
      expect(config.warnings).toEqual([])
      const changed = vi.fn()
      const sources = createKeySources({ folder, changed, warn: vi.fn() })
      const providers = createProjectProviders({ config: () => config, stored: NOTHING_STORED, keyOf: sources.keyOf })
      const found = async () => (await providers.of('default')).providers.paris
      await sources.follow(config.projects)
      expect(await found()).toMatchObject({ apiKey: 'ya29.1', problem: null })
      await vi.advanceTimersByTimeAsync(239_000)
      expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('x')
      await vi.advanceTimersByTimeAsync(1000)
      vi.useRealTimers()
      await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce(), 60_000)
      expect(await found()).toMatchObject({ apiKey: 'ya29.2', problem: null })
      sources.close()
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('in signalbox.yaml', () => {
  it('a path may come from a variable; unset, the provider is not configured', () => {
    const text = (apiKey: string) => `version: 1\nproviders:\n  a: { kind: openai, apiKey: ${apiKey} }\n`
    for (const source of ['{ file: ${KEY_FILE} }', '{ command: [cat, ${KEY_FILE}] }']) {
      expect(parse(text(source)).projects.default?.providers.a).toMatchObject({ problem: 'KEY_FILE is not set', apiKey: null })
      expect(parse(text(source), { KEY_FILE: '/run/key' }).projects.default?.providers.a).toMatchObject({ problem: null, apiKey: null })
    }
    expect(parse(text('{ file: ${KEY_FILE} }'), { KEY_FILE: '/run/key' }).projects.default?.keySources).toEqual({ a: { file: '/run/key' } })
  })

  const ELSE = 'is not right: write text, { file: path } or { command: [program, argument], ttlSeconds: 300 }.'
  it.each([
    ['{}', `apiKey ${ELSE}`],
    ['{ command: cat }', `apiKey ${ELSE}`],
    ['{ fil: x }', `apiKey ${ELSE}`],
    ['{ file: a, command: [b] }', `apiKey ${ELSE}`],
    ['[a]', `apiKey ${ELSE}`],
    ['{ command: [] }', 'apiKey.command must have at least one entry.'],
    ['{ file: "" }', 'apiKey.file must be at least 1'],
  ])('%s is refused', (apiKey, message) => {
    expect(() => parse(`version: 1\nproviders:\n  a: { kind: openai, apiKey: ${apiKey} }\n`)).toThrow(`providers.a.${message}`)
  })
})
