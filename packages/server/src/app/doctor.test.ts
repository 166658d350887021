import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from '../../../../tests/signalbox.ts'
import { paths, readEnvironment } from '../environment.ts'
import { seal } from '../lib/secret-box.ts'
import { DATA_VERSION, writeDataVersion } from './data-version.ts'
import { diagnose, type Finding, type Patient } from './doctor.ts'

type Change = { env?: Record<string, string>; running?: Patient['running']; edge?: number | undefined; core?: number | undefined }
async function findings(data: string, { env = {}, running, edge, core }: Change = {}): Promise<Record<string, Finding>> {
  const environment = readEnvironment({
    SIGNALBOX_DATA: data,
    SIGNALBOX_PORT: String(await freePort()),
    SIGNALBOX_CONFIG: join(data, '..', 'absent.yaml'),
    ...env,
  })
  const found = await diagnose({ environment, running, ask: { edge: async () => edge, core: async () => core } }, () => {})
  return Object.fromEntries(found.map((finding) => [finding.check, finding]))
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'doctor-'))
/** As the first start leaves it, without engines: the program is said to be running. */
function usedFolder(): string {
  const data = newFolder()
  writeDataVersion(data, '0.1.0')
  writeFileSync(paths(data).masterKey, 'the key\n', { mode: 0o600 })
  mkdirSync(paths(data).journal, { recursive: true })
  writeFileSync(paths(data).snapshot, seal(Buffer.from('{}'), 'the key'))
  return data
}
const running = { running: { pid: 1, what: 'up' }, edge: 200, core: 200 }

it('finds nothing in the way of a first start', async () => {
  const data = newFolder()
  rmSync(data, { recursive: true })
  const found = await findings(data)
  expect(Object.values(found).filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([])
})

it('finds nothing wrong with a running program', async () => {
  const found = await findings(usedFolder(), running)
  expect(Object.values(found).filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([])
  expect(found.engines?.status).toBe('skip')
})

it('does not ask for what another machine has', async () => {
  const edge = await findings(newFolder(), { ...running, env: { SIGNALBOX_CORE_URL: 'http://core.test:7500' } })
  expect([edge['master key']?.status, edge.engines?.status]).toEqual(['skip', 'skip'])
  const core = await findings(usedFolder(), { running: { pid: 1, what: 'core' }, core: 200 })
  expect([core.edge?.status, core.core?.status]).toEqual(['skip', 'ok'])
})

const failures: [string, string, (data: string) => Change | undefined, RegExp][] = [
  [
    'a newer program',
    'data version',
    (data) => void writeFileSync(paths(data).version, JSON.stringify({ dataVersion: DATA_VERSION + 1, program: '9' })),
    /by Signalbox 9 \(data/,
  ],
  ['a lost master key', 'master key', (data) => void rmSync(paths(data).masterKey), /There is no master key/],
  ['a master key for everybody', 'master key', (data) => void chmodSync(paths(data).masterKey, 0o644), /can be read by other users/],
  [
    'a clock that went back',
    'clock',
    (data) => void writeFileSync(paths(data).version, JSON.stringify({ dataVersion: DATA_VERSION, writtenAt: '2100-01-01T00:00:00Z' })),
    /was written at 2100/,
  ],
  ['a core that is away', 'core', () => ({ ...running, core: undefined }), /does not answer/],
  ['an edge that is not ready', 'edge', () => ({ ...running, edge: 503 }), /answers 503/],
  [
    'a configuration with a mistake',
    'configuration',
    (data) => ({ ...running, env: { SIGNALBOX_CONFIG: write(join(data, 'signalbox.yaml'), 'version: 1\nproviderz: {}\n') } }),
    /providerz/,
  ],
]
it.each(failures)('finds %s', async (_, check, change, message) => {
  const data = usedFolder()
  const found = await findings(data, change(data) ?? running)
  expect(found[check]).toMatchObject({ status: 'fail', message: expect.stringMatching(message), hint: expect.stringMatching(/\w+/) })
})

it('says what another master key cannot open, and that nothing else is lost', async () => {
  const found = await findings(usedFolder(), { ...running, env: { SIGNALBOX_MASTER_KEY: 'another' } })
  expect(found['master key']).toMatchObject({ status: 'warn', message: expect.stringContaining('snapshot.bin') })
})

it('finds somebody else on the port', async () => {
  const server = createServer()
  const port = await new Promise<number>((done) => server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)))
  const found = await findings(newFolder(), { env: { SIGNALBOX_PORT: String(port) } })
  server.close()
  expect(found.port).toMatchObject({ status: 'fail', message: `Something else is listening on 127.0.0.1:${port}.` })
})

it('counts what waits in the journal', async () => {
  const data = usedFolder()
  const { journal } = paths(data)
  writeFileSync(join(journal, 'cursor.json'), JSON.stringify({ edgeId: 'e', acked: { segment: 2, offset: 1_000_000 }, sending: null }))
  for (const segment of ['0000000001', '0000000002', '0000000003']) writeFileSync(join(journal, `${segment}.log`), Buffer.alloc(2_000_000))
  expect((await findings(data, running)).journal?.message).toBe('3.0 MB wait for the core.')
})

function write(file: string, text: string): string {
  writeFileSync(file, text)
  return file
}
