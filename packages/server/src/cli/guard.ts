import { AppError } from '@signalbox/schema/errors'
import { type GuardPolicy, GuardRow } from '@signalbox/schema/guardrail'
import { isUntrusted } from '../guardrails/check.ts'
import { type Decision, decide, policyOfCheck, preparePolicy, type ReadyPolicy } from '../guardrails/decide.ts'
import { findPolicy, listPolicies } from '../guardrails/policies.ts'
import { findCheck, listChecks } from '../guardrails/registry.ts'
import { LineWriter } from './line-writer.ts'
import { printJson } from './print.ts'
import { type RowLine, rowLines } from './row-lines.ts'

export type GuardOptions = { policy?: string; check?: string; params?: string; list?: boolean; calibrate?: number }

/** `signalbox guard --policy NAME < rows.jsonl`: needs no server, no data folder and no network. */
export async function guard(options: GuardOptions): Promise<number> {
  if (options.list) {
    printJson({ checks: await listChecks(), policies: listPolicies() })
    return 0
  }
  if (options.calibrate !== undefined) return calibrateRows(options)
  const ready = await preparePolicy(await policyOf(options))
  assertRows()
  try {
    return await guardEach(ready)
  } finally {
    await ready.close()
  }
}

function assertRows(): void {
  if (process.stdin.isTTY)
    throw new AppError('invalid-request', 'There are no rows.', {
      hint: 'Send them on standard input, one JSON object on each line: signalbox guard --policy pii < rows.jsonl',
    })
}

/** Harmless texts of one's own, and the threshold that leaves nearly all of them alone. */
async function calibrateRows({ check, policy, calibrate: budget = 0 }: GuardOptions): Promise<number> {
  if (check !== 'injection' || policy !== undefined)
    throw new AppError('invalid-request', 'Only --check injection has a threshold to calibrate.', {
      hint: 'signalbox guard --check injection --calibrate 0.005 < harmless.jsonl',
    })
  if (!(budget >= 0 && budget < 1))
    throw new AppError('invalid-request', '--calibrate takes a share of the texts, from 0 to 1.', { hint: 'Such as 0.005 for one in 200.' })
  assertRows()
  const { calibrate } = await import('../guardrails/injection/calibrate.ts')
  const { scoreInjection } = await import('../guardrails/injection/injection.ts')
  const scores: number[] = []
  let unread = 0
  for await (const { row } of rowLines(process.stdin.setEncoding('utf8'), GuardRow, 'text')) {
    if (!row) unread++
    else if (row.origin !== 'system') scores.push(scoreInjection(row.text, { untrusted: isUntrusted(row.origin) }).score)
  }
  printJson({ ...calibrate(scores, budget), unread })
  return unread > 0 ? 1 : 0
}

async function policyOf({ policy, check, params }: GuardOptions): Promise<GuardPolicy> {
  if ((policy === undefined) === (check === undefined))
    throw new AppError('invalid-request', policy === undefined ? 'Which policy, or which check?' : 'A policy and a check are two things.', {
      hint: 'Say one of --policy NAME and --check ID; --list prints all of them.',
    })
  if (check !== undefined) return policyOfCheck(check, paramsOf(params), (await findCheck(check)).action)
  if (params !== undefined)
    throw new AppError('invalid-request', '--params is for --check.', { hint: 'The rules of a policy have their parameters themselves.' })
  return /\.(?:ya?ml|json)$/.test(policy ?? '') ? (await import('./guard-file.ts')).readPolicy(policy ?? '') : findPolicy(policy ?? '')
}

function paramsOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-json', '--params is not JSON.', { cause, hint: 'Send one JSON object, such as \'{"regions": ["IN"]}\'.' })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new AppError('invalid-request', '--params is no JSON object.', { hint: 'Send one, such as \'{"regions": ["IN"]}\'.' })
}

/** One answer for each row, in their order; nothing of a row is kept when it is answered. */
async function guardEach(ready: ReadyPolicy): Promise<number> {
  const out = new LineWriter(process.stdout)
  let errors = 0
  for await (const line of rowLines(process.stdin.setEncoding('utf8'), GuardRow, 'text')) {
    if (out.closed) break
    if (!line.row) errors++
    const written = out.write(line.row ? said(line.row.id ?? line.line, await decideRow(ready, line)) : unread(line.line, line.reason))
    if (written) await written
  }
  await out.end()
  return errors > 0 ? 1 : 0
}

async function decideRow(ready: ReadyPolicy, { row, line }: RowLine<GuardRow> & { row: GuardRow }): Promise<Decision> {
  const { text, origin, context } = row
  const sources = context === undefined ? undefined : typeof context === 'string' ? [context] : context
  return decide(ready, { id: String(row.id ?? line), origin, text }, { sources })
}

const said = (id: string | number, { verdict, findings, text, notChecked }: Decision): string =>
  JSON.stringify({ id, verdict, findings, text, ...(notChecked ? { notChecked } : {}) })

/** A line that cannot be read was looked at by nobody. */
const unread = (line: number, reason: string): string =>
  JSON.stringify({
    id: line,
    line,
    verdict: 'not_checked',
    findings: [],
    text: null,
    error: { message: reason, hint: 'Each line is one JSON object with a text: {"id": "1", "text": "…", "origin": "user"}.' },
  })
