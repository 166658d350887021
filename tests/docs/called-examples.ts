import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Signalbox } from '../signalbox.ts'

const execute = promisify(execFile)

/** What a section configures, and what it sends with what is answered to that. */
export type CalledExample = { section: string; yaml: string; calls: { script: string; answer: unknown }[] }

/** The examples of a page: a block of `yaml`, then pairs of `sh` and the `json` that is answered. Another language is an error. */
export function calledExamples(page: string): CalledExample[] {
  const examples: CalledExample[] = []
  let section = ''
  for (const [text, heading, language, code = ''] of page.matchAll(/^(?:## ([^\n]+)|```(\w+)\n(.*?)^```)$/gms)) {
    const last = examples.at(-1)
    if (heading !== undefined) section = heading
    else if (language === 'yaml') examples.push({ section, yaml: code, calls: [] })
    else if (language === 'sh') last?.calls.push({ script: code, answer: undefined })
    else if (language === 'json') Object.assign(last?.calls.at(-1) ?? {}, { answer: JSON.parse(code) })
    else throw new Error(`Nobody runs this: ${text.slice(0, 100)}`)
  }
  return examples
}

/** Runs the commands of a page against a server that stands elsewhere, and reads what they print as JSON. */
export async function runExample(script: string, { url, secretKey }: Signalbox): Promise<unknown> {
  const text = `set -eu\n${script.replaceAll('http://localhost:7500', url).replaceAll('curl -s', 'curl -sS')}`
  const { stdout } = await execute('bash', ['-c', text], { env: { ...process.env, SIGNALBOX_KEY: secretKey } })
  return JSON.parse(stdout)
}
