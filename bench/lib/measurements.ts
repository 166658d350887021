import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const FILE = resolve(import.meta.dirname, '../../docs/measurements.md')

/** Puts the last figures of a bench or a soak into docs/measurements.md, with date and commit, in place of its figures before. */
export function writeMeasurement(title: string, text: string): void {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '# Measurements\n'
  const section = `## ${title}\n\n${new Date().toISOString().slice(0, 10)}, commit ${commit()}.\n\n${text.trim()}\n`
  const parts = before.split(/^(?=## )/m).map((part) => `${part.trim()}\n`)
  const at = parts.findIndex((part) => part.startsWith(`## ${title}\n`))
  if (at === -1) parts.push(section)
  else parts[at] = section
  writeFileSync(FILE, parts.join('\n'))
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}
