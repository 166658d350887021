import { canonicalJson, type PromptContentInput } from '@signalbox/schema'
import { parse, stringify } from 'yaml'

type Written = { name: string; description?: string | undefined; tags?: readonly string[] | undefined; content: PromptContentInput }

/** In the order in which people read a prompt, whatever the order in which it was kept: the same version is the same file. */
const ORDER = [
  'type',
  'engine',
  'text',
  'messages',
  'input',
  'examples',
  'variants',
  'model',
  'tools',
  'toolChoice',
  'output',
  'tests',
  'config',
  'manifest',
]

const FORMAT = { lineWidth: 0, aliasDuplicateObjects: false } as const

/** A version as the text of `NAME.prompt.yaml`. Texts of several lines are written as such, so that diffs are those of the text. */
export function writePromptFile({ name, description, tags, content }: Written): string {
  const rest = content as Record<string, unknown>
  const ordered = Object.fromEntries(
    [...ORDER, ...Object.keys(rest).sort()].flatMap((key) => (rest[key] === undefined ? [] : [[key, rest[key]]])),
  )
  const head = { name, ...(description && { description }), ...(tags && tags.length > 0 && { tags }) }
  const whole = { ...head, ...ordered }
  const text = stringify(whole, { ...FORMAT, blockQuote: 'literal' })
  // Lines of nothing but spaces get lost at the beginning of a block: such a text is quoted.
  return canonicalJson(parse(text)) === canonicalJson(whole) ? text : stringify(whole, { ...FORMAT, blockQuote: false })
}
