import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@signalbox/schema/errors'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

type SynthesisOptions = ConnectionOptions & {
  model: string
  count: string
  instruction?: string
  from?: string[]
  tag?: string[]
  dryRun?: boolean
}

/** Items that a model writes. */
export async function synthesise(name: string, options: SynthesisOptions): Promise<number> {
  const count = Number(options.count)
  if (!Number.isInteger(count) || count < 1 || count > 50)
    throw new AppError('invalid-request', `--count is ${options.count}.`, { hint: 'Give a whole number from 1 to 50.' })
  const made = await connect(options).client.datasetSynthesis.run({
    name,
    model: options.model,
    count,
    from: options.from ?? [],
    tags: options.tag ?? [],
    dryRun: options.dryRun ?? false,
    ...(options.instruction && { instruction: options.instruction }),
  })
  if (options.json) printJson(made)
  else {
    for (const { input, expected } of made.items) console.log(JSON.stringify({ input, ...(expected !== undefined && { expected }) }))
    const cost = made.usage.costUsd === null ? 'an unknown price' : `${made.usage.costUsd} USD`
    console.error(
      `${options.dryRun ? 'Would be' : 'Is'} version ${made.version}: ${made.added} added, ${made.skipped} left out as duplicates, for ${cost}.`,
    )
  }
  return 0
}

/** By which rules calls become items. */
export async function listRules(name: string, options: ConnectionOptions): Promise<number> {
  const { rules } = await connect(options).client.datasetRules.list({ name })
  if (options.json) printJson({ rules })
  else
    printTable(
      rules.map((rule) => ({
        rule: rule.id,
        state: rule.enabled ? 'on' : 'resting',
        filter: JSON.stringify(rule.filter),
        rate: `${rule.rate}`,
        added: `${rule.added}`,
        'left out': `${rule.skipped}`,
        problem: rule.problem ?? '',
      })),
      ['rule', 'state', 'filter', 'rate', 'added', 'left out', 'problem'],
    )
  return 0
}

/** A file that the server makes whole. */
export async function exportFile(
  name: string,
  options: ConnectionOptions & { version?: string; format: string; unseal?: string; output?: string },
): Promise<number> {
  const { url, key, fetch } = connect(options)
  const query = new URLSearchParams({
    format: options.format,
    ...(options.version && { version: options.version }),
    ...(options.unseal && { unseal: options.unseal }),
  })
  const response = await fetch(`${url}/api/v1/datasets/${encodeURIComponent(name)}/export?${query}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  if (!response.ok || !response.body) {
    const body = (await response.json().catch(() => null)) as { error?: { code?: AppError['code']; message?: string } } | null
    throw new AppError(body?.error?.code ?? 'unavailable', body?.error?.message ?? `The server answered ${response.status}.`)
  }
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  await (options.output === undefined ? pipeline(body, process.stdout, { end: false }) : pipeline(body, createWriteStream(options.output)))
  return 0
}
