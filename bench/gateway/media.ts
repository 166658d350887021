// `node --conditions=source bench/gateway/media.ts [--mb 8] [--rounds 3]`: memory that the edge needs beside what it has when a
// request with a large image passes through it, as it came and translated. Every round is a new process, warm from small calls.
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startChild } from '../lib/child.ts'
import { peakRssBytes, rssBytes } from '../lib/process-use.ts'
import { SECRET_KEY, startProgram } from '../lib/start-program.ts'
import { median } from '../lib/statistics.ts'
import { figure, table } from '../lib/table.ts'
import type { MediaUpstream } from './media-upstream.ts'

/** Of the image, which is base64 as it stands in the body; holds for the median round. */
const LIMIT = 2
const MB = 2 ** 20
const SMALL_CALLS = 300
// What is freed is given back to the system at once, so that a call cannot live in room that others have left.
process.env.MALLOC_MMAP_THRESHOLD_ = '131072'
process.env.MALLOC_TRIM_THRESHOLD_ = '131072'
const IN_A_ROW = 10
const IDLE_MS = 10_000
const { values: flags } = parseArgs({
  options: { mb: { type: 'string', default: '8' }, rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' } },
})
const imageBytes = Number(flags.mb) * MB
const rounds = Number(flags.rounds)

type Way = { name: string; path: string; model: string; body(image: string): object }
const chat = (image: string) => ({
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } }, TEXT] }],
})
const messages = (image: string) => ({
  max_tokens: 64,
  messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } }, TEXT] }],
})
const TEXT = { type: 'text', text: 'What is it?' }
const WAYS: Way[] = [
  { name: 'chat → chat, passed through', path: '/v1/chat/completions', model: 'openai-like/gpt-4o', body: chat },
  { name: 'chat → anthropic', path: '/v1/chat/completions', model: 'claude/claude-sonnet-4-5', body: chat },
  { name: 'anthropic → chat', path: '/v1/messages', model: 'openai-like/gpt-4o', body: messages },
]

// What was started is ended on exit, and a signal is an exit too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const upstream = await startChild<object, MediaUpstream>(new URL('./media-upstream.ts', import.meta.url))
/** Bytes: before the first image, and what the first image, one after it and ten in a row needed beside that. */
type Round = { before: number; first: number; later: number; row: number }

const bodyOf = ({ model, body }: Way, bytes: number): Buffer =>
  Buffer.from(JSON.stringify({ model, ...body(`iVBORw0KGgo${'QUJDREVGR0g4'.repeat(Math.ceil(bytes / 12))}`.slice(0, bytes)) }))

async function round(way: Way): Promise<Round & { form: string }> {
  const program = await startProgram({
    yaml: `version: 1
providers:
  openai-like: { kind: openai-compatible, baseUrl: http://127.0.0.1:${upstream.ready.port}/v1, apiKey: not-a-key }
  claude: { kind: anthropic, baseUrl: http://127.0.0.1:${upstream.ready.port}/v1, apiKey: not-a-key }
`,
  })
  const call = async (body: Buffer) => {
    const before = (await upstream.ask({})).received
    const headers = { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' }
    const answer = await fetch(program.url + way.path, { method: 'POST', headers, body: new Uint8Array(body) })
    const text = await answer.text()
    const passed = (await upstream.ask({})).received - before
    if (!answer.ok || passed < body.length * 0.9)
      throw new Error(`${way.name}: ${answer.status}, ${passed} bytes arrived. ${text.slice(0, 300)}`)
  }
  const settle = () => program.drained(60_000).then(() => sleep(500))
  try {
    const edge = program.pidOf('edge')
    const small = bodyOf(way, 1_000)
    for (let at = 0; at < SMALL_CALLS; at++) await call(small)
    const image = bodyOf(way, imageBytes)
    /** Bytes over what there was, at the worst moment. */
    const extraOf = async (calls: number) => {
      await settle()
      // So that the collector has tidied up: what it frees during the measurement would be taken off what was needed.
      await sleep(IDLE_MS)
      // 5 sets the peak back to what is used now: proc(5).
      writeFileSync(`/proc/${edge}/clear_refs`, '5')
      const before = rssBytes(edge)
      for (let at = 0; at < calls; at++) await call(image)
      await settle()
      return { before, extra: peakRssBytes(edge) - before }
    }
    const first = await extraOf(1)
    return {
      before: first.before,
      first: first.extra,
      later: (await extraOf(1)).extra,
      row: (await extraOf(IN_A_ROW)).extra,
      form: program.form,
    }
  } finally {
    await program.stop()
  }
}

const rows: string[][] = []
const worst = { 'the first image': 0, 'a later one': 0 }
let form = ''
for (const way of WAYS.filter(({ name }) => name.includes(flags.only))) {
  const all: Round[] = []
  for (let at = 0; at < rounds; at++) {
    const one = await round(way)
    form = one.form
    all.push(one)
  }
  const times = (bytes: readonly number[]) => bytes.map((one) => figure(one / imageBytes, 2)).join(', ')
  const [first, later, row] = (['first', 'later', 'row'] as const).map((name) => all.map((one) => one[name])) as [
    number[],
    number[],
    number[],
  ]
  worst['the first image'] = Math.max(worst['the first image'], median(first) / imageBytes)
  worst['a later one'] = Math.max(worst['a later one'], median(later) / imageBytes)
  rows.push([way.name, figure(median(all.map(({ before }) => before)) / MB, 0), times(first), times(later), times(row)])
}
upstream.stop()
console.log(
  `${form}, an image of ${flags.mb} MB, ${rounds} rounds, each a new process after ${SMALL_CALLS} small calls; RSS of the edge over what it was before, in sizes of the image\n`,
)
console.log(table(['way', 'before MB', 'first image ×', 'a later one ×', `${IN_A_ROW} in a row ×`], rows))
for (const [what, times] of Object.entries(worst))
  console.log(`\n${what}: wanted ≤ ${LIMIT} × the image, the dearest way ${figure(times, 2)} ×: ${times <= LIMIT ? 'reached' : 'MISSED'}`)
process.exit(Math.max(...Object.values(worst)) <= LIMIT ? 0 : 1)
