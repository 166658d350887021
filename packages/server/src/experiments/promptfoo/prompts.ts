import { AppError } from '@signalbox/schema/errors'
import { csvCells } from '../../lib/read-csv.ts'
import type { Files } from './files.ts'
import { parseData } from './files.ts'
import { render, renderAll } from './render.ts'
import { isRecord, type Json } from './types.ts'

/** `raw` is the template; `label` is what reports and `prompts` of tests and providers call it. */
export type Prompt = { id: string; label: string; raw: string }

const CODE = /\.(c?js|mjs|ts|py|rb|go|sh)(:[\w.]+)?$/

export function promptsOf(value: unknown, files: Files): Prompt[] {
  const found =
    typeof value === 'string'
      ? promptOf(value, files, 'prompts')
      : Array.isArray(value)
        ? value.flatMap((one, index) => promptOf(one, files, `prompts[${index}]`))
        : isRecord(value)
          ? Object.entries(value).flatMap(([path, label]) =>
              promptOf(path, files, `prompts.${path}`).map((one) => ({ ...one, label: String(label) })),
            )
          : []
  if (found.length === 0)
    throw new AppError('invalid-request', 'There are no prompts.', { hint: 'Write prompts: ["Answer {{question}}"].' })
  const labels = new Map<string, number>()
  return found.map((one) => {
    const copies = labels.get(one.label) ?? 0
    labels.set(one.label, copies + 1)
    return copies === 0 ? one : { ...one, label: `${one.label} #${copies + 1}` }
  })
}

function promptOf(value: unknown, files: Files, where: string): Prompt[] {
  if (isRecord(value)) {
    const raw = value.raw ?? value.id
    if (typeof raw !== 'string') throw new AppError('invalid-request', `${where} has neither raw nor id.`)
    const inner = typeof value.raw === 'string' && !value.raw.startsWith('file://') ? [promptFrom(value.raw)] : promptOf(raw, files, where)
    return inner.map((one) => ({ ...one, label: String(value.label ?? one.label), id: String(value.id ?? one.id) }))
  }
  if (typeof value !== 'string')
    throw new AppError('invalid-request', `${where} is not a prompt.`, { hint: 'Write text, file://PATH or { label, raw }.' })
  const named =
    value.startsWith('file://') || (/\.(txt|md|j2|json|ya?ml|csv)$/.test(value) && !value.includes('\n') && !value.includes('{{'))
  if (CODE.test(value) && !value.includes('\n') && !value.includes(' '))
    throw new AppError('invalid-request', `${where} is a program (${value}), which is not run here.`, {
      hint: 'Write the prompt as text, JSON or YAML; a function that makes the request belongs into the SDK.',
    })
  if (!named) return [promptFrom(value)]
  return files.paths(value).flatMap((path) => promptsIn(path, files, value))
}

function promptsIn(path: string, files: Files, named: string): Prompt[] {
  const text = files.text(path)
  const label = named.replace(/^file:\/\//, '')
  if (path.endsWith('.txt')) {
    const parts = text.split(/^---\s*$/m).map((one) => one.trim())
    return parts.map((raw) => ({ id: label, label: parts.length === 1 ? `${label}: ${shortly(raw)}` : shortly(raw), raw }))
  }
  if (path.endsWith('.csv'))
    return text
      .split(/\r?\n/)
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => csvCells(Buffer.from(line)))
      .map(([raw = '', own]) => ({ id: label, label: own ?? shortly(raw), raw }))
  return [{ id: label, label, raw: text.replace(/\n$/, '') }]
}

const promptFrom = (raw: string): Prompt => ({ id: raw, label: shortly(raw), raw })
const shortly = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 80 ? `${line.slice(0, 80)}…` : line
}

/** The text that is sent, or the messages where the prompt is a list of them in JSON or YAML. */
export function renderPrompt(
  { raw }: Prompt,
  vars: Json,
  { prefix = '', suffix = '' }: { prefix?: string; suffix?: string },
): { text: string; messages: Json[] } {
  const asMessages = messagesIn(raw)
  if (asMessages) {
    const messages = renderAll(asMessages, vars) as Json[]
    return { text: JSON.stringify(messages), messages }
  }
  const text = prefix + render(raw, vars) + suffix
  const messages = messagesIn(text)
  return { text, messages: messages ?? [{ role: 'user', content: text }] }
}

const parsed = new Map<string, Json[] | undefined>()

function messagesIn(text: string): Json[] | undefined {
  if (!/^\s*(\[|-\s+role)/.test(text)) return undefined
  if (parsed.has(text)) return parsed.get(text)
  let found: Json[] | undefined
  try {
    const value = parseData(text, 'prompt')
    if (Array.isArray(value) && value.every((one) => isRecord(one) && typeof one.role === 'string')) found = value as Json[]
  } catch {
    // Text that only begins like a list.
  }
  if (parsed.size > 100) parsed.clear()
  parsed.set(text, found)
  return found
}
