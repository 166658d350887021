import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const FILE = resolve(import.meta.dirname, '../../docs/measurements.md')

/** Puts the last figures of a bench or a soak into docs/measurements.md, with date and commit, in place of its figures before. */
export function writeMeasurement(title: string, text: string): void {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '# Measurements\n'
  const dated = `${new Date().toISOString().slice(0, 10)}, commit ${commit()}.\n\n${text.trim()}`
  writeFileSync(FILE, withMeasurement(before, { title, text: dated }))
}

/**
 * The page with new figures in the section of this title, between two marks; what people wrote around the marks stays. A
 * section without marks gets them under its heading, with nothing taken away; a page without the section gets it at its end.
 */
export function withMeasurement(page: string, { title, text }: { title: string; text: string }): string {
  const figures = `${BEGIN}\n\n${text}\n\n${END}`
  const heading = `## ${title}`
  const parts = page.split(/^(?=## )/m)
  const at = parts.findIndex((part) => part.split('\n', 1)[0]?.trim() === heading)
  const section = parts[at]
  if (section === undefined) return `${page.trimEnd()}\n\n${heading}\n\n${figures}\n`
  const begin = section.indexOf(BEGIN)
  const end = section.indexOf(END, begin)
  if (begin !== -1 && end !== -1) parts[at] = section.slice(0, begin) + figures + section.slice(end + END.length)
  else parts[at] = `${heading}\n\n${figures}\n\n${section.slice(section.split('\n', 1)[0]?.length).trim()}`.trimEnd() + afterOf(section)
  return parts.join('')
}

const BEGIN = '<!-- figures: written by a run, replaced by the next -->'
const END = '<!-- end of figures -->'
/** What parts a section from the next one. */
const afterOf = (section: string): string => /\s*$/.exec(section)?.[0] || '\n'

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}
