import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { AppError, createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROGRAM, type Signalbox, startSignalbox } from '../signalbox.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const page = readFileSync(join(ROOT, 'docs/guide/dashboards.md'), 'utf8')
const [, yaml = ''] = /^```yaml\n(.*?)^```/ms.exec(page) ?? []
const [, script = ''] = /^```sh\n(.*?)^```/ms.exec(page) ?? []

let signalbox: Signalbox
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-'))
  signalbox = await startSignalbox({ yaml })
})
afterAll(async () => {
  await signalbox?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SIGNALBOX_')))
/** The command line, on a file of this text. */
async function config(verb: 'check' | 'diff', text: string) {
  const file = join(folder, 'signalbox.yaml')
  writeFileSync(file, text)
  const args = ['config', verb, file, '--json']
  const connection = verb === 'diff' ? ['--url', signalbox.url, '--key', signalbox.secretKey] : []
  return run(process.execPath, [...PROGRAM, ...args, ...connection], { env: inherited }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  )
}
const clientOf = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })

it('the yaml of the page passes `config check`, and what is wrong with a panel is named there', async () => {
  const checked = await config('check', yaml)
  expect(checked.code, checked.stderr).toBe(0)
  expect(JSON.parse(checked.stdout).warnings).toEqual([])
  const wrong = await config('check', yaml.replace('{ id: users, kind: top', '{ id: users, kind: bar'))
  expect(wrong.code).not.toBe(0)
  expect(wrong.stderr + wrong.stdout).toContain(
    'dashboards[0].panels[4].query.dimensions is not right: a panel of kind bar takes no dimension',
  )
})

it('`config diff` says which dashboard differs, and in what', async () => {
  expect(JSON.parse((await config('diff', yaml)).stdout)).toMatchObject({ same: true })
  const other = await config('diff', yaml.replace('bucket: day', 'bucket: hour').replace('name: Support copilot', 'name: Support copilot'))
  expect(JSON.parse(other.stdout).changes).toEqual([
    {
      change: 'changed',
      section: 'dashboards',
      name: 'Support copilot',
      values: [{ path: 'panels[3].query.bucket', before: 'day', after: 'hour' }],
    },
  ])
})

it('is shown read-only, with a copy that can be changed', async () => {
  const { dashboards } = clientOf()
  const { dashboards: listed } = await dashboards.list()
  expect(listed).toMatchObject([{ id: 'file-support-copilot', name: 'Support copilot', from: 'file', mayChange: false, panelCount: 7 }])
  const refused = await dashboards.remove({ id: 'file-support-copilot' }).catch((error: unknown) => error as AppError)
  expect(refused).toMatchObject({ code: 'conflict' })
  const copy = await dashboards.duplicate({ id: 'file-support-copilot' })
  expect(copy).toMatchObject({ from: 'project', mayChange: true, dashboard: { name: 'Copy of Support copilot' } })
  await dashboards.remove({ id: copy.id })
})

it('is made by API as the page says, changed once and not twice', async () => {
  const local = script.replaceAll('http://localhost:7500', signalbox.url).replaceAll('curl -s', 'curl -sSf')
  const { stdout } = await run('bash', ['-c', `set -eu\n${local}`], { env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey } })
  const [made = '', list = ''] = stdout.split(/(?<=\})(?=\{"dashboards")/)
  const { id } = JSON.parse(made) as { id: string }
  expect(JSON.parse(list).dashboards.map(({ name }: { name: string }) => name)).toEqual(['Support copilot', 'Calls'])
  const { dashboards } = clientOf()
  const next = { name: 'Calls', panels: [] }
  expect(await dashboards.change({ id, expectedVersion: 1, dashboard: next })).toMatchObject({ version: 2 })
  const late = await dashboards.change({ id, expectedVersion: 1, dashboard: next }).catch((error: unknown) => error)
  expect(late).toBeInstanceOf(AppError)
  expect(late).toMatchObject({ code: 'conflict', data: { version: 2, changes: ['panel calls removed'] } })
  const wrong = await dashboards
    .change({ id, expectedVersion: 2, dashboard: { name: 'Calls', panels: [{ id: 'a', kind: 'number', query: { measures: [] } }] } })
    .catch((error: unknown) => error as AppError)
  expect(wrong).toMatchObject({ code: 'invalid-request', message: expect.stringContaining('dashboard.panels.0.query.measures') })
  const schema = (await (await fetch(`${signalbox.url}/schemas/signalbox.json`)).json()) as { properties: Record<string, unknown> }
  expect(JSON.stringify(schema.properties.dashboards)).toContain('Columns of 12.')
})
