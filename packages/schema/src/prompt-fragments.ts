import type { PromptContent } from './prompt.ts'

/** How deep fragments may hold fragments. */
export const FRAGMENT_DEPTH = 5

/** A reference to the text of another prompt: by label, or to one version for ever. */
export type FragmentRef = { name: string; label: string } | { name: string; version: number }
type Found = { ref: FragmentRef; start: number; end: number; tag: string }
export type BrokenFragment = { tag: string; problem: string }

const OURS = /\{\{>\s*([^|@{}\n]+?)\s*(?:@\s*([^\s{}|@]+)\s*)?\}\}/g
const LANGFUSE = /@@@langfusePrompt:(.*?)@@@/g
const LABEL = /^[a-z0-9_\-.]{1,36}$/

/** `name`, `name@label` or `name@7`. Digits alone are a version. */
export function readPromptRef(text: string): FragmentRef {
  const at = text.lastIndexOf('@')
  const name = (at === -1 ? text : text.slice(0, at)).trim()
  const behind = at === -1 ? 'production' : text.slice(at + 1).trim()
  return /^\d{1,9}$/.test(behind) ? { name, version: Number(behind) } : { name, label: behind }
}

export const writePromptRef = (ref: FragmentRef): string => `${ref.name}@${'version' in ref ? ref.version : ref.label}`

/** The fragments that a text names, in the order they stand, and tags that name none. */
export function fragmentsInText(text: string): { found: Found[]; broken: BrokenFragment[] } {
  const found: Found[] = []
  const broken: BrokenFragment[] = []
  if (text.includes('{{>')) {
    for (const match of text.matchAll(OURS)) {
      const [tag, name = '', behind = 'production'] = match
      const ref = readPromptRef(`${name}@${behind}`)
      if ('label' in ref && !LABEL.test(ref.label)) broken.push({ tag, problem: `${JSON.stringify(behind)} is no label and no version` })
      else found.push({ ref, start: match.index, end: match.index + tag.length, tag })
    }
  }
  if (text.includes('@@@langfusePrompt:')) {
    for (const match of text.matchAll(LANGFUSE)) {
      const [tag, inside = ''] = match
      const ref = langfuseRef(inside)
      if (typeof ref === 'string') broken.push({ tag, problem: ref })
      else found.push({ ref, start: match.index, end: match.index + tag.length, tag })
    }
  }
  return { found: found.sort((a, b) => a.start - b.start), broken }
}

function langfuseRef(inside: string): FragmentRef | string {
  const [first = '', second = '', ...more] = inside.split('|')
  const name = /^name=(.+)$/.exec(first)?.[1]
  const [, key, value = ''] = /^(version|label)=(.+)$/.exec(second) ?? []
  if (!name || !key || more.length > 0) return 'must read name=…|version=… or name=…|label=…'
  if (key === 'label') return LABEL.test(value) ? { name, label: value } : `${JSON.stringify(value)} is no label`
  return /^[1-9]\d{0,8}$/.test(value) ? { name, version: Number(value) } : `${JSON.stringify(value)} is no version`
}

type Texts = Pick<PromptContent, 'text' | 'messages'>
/** The texts of a version in which fragments may stand: its own and those of its variants. */
export function* textsOf({ text, messages, variants = [] }: Texts & { variants?: readonly Texts[] | undefined }): Generator<string> {
  if (text !== undefined) yield text
  for (const message of messages ?? []) {
    if (message.type === 'placeholder') continue
    if (typeof message.content === 'string') yield message.content
    else for (const part of message.content) if (part.type === 'text') yield part.text
  }
  for (const variant of variants) yield* textsOf(variant)
}

/** What a version includes directly, each once, and tags that name nothing. */
export function fragmentsIn(content: PromptContent): { refs: FragmentRef[]; broken: BrokenFragment[] } {
  const refs = new Map<string, FragmentRef>()
  const broken: BrokenFragment[] = []
  for (const text of textsOf(content)) {
    const of = fragmentsInText(text)
    for (const { ref } of of.found) refs.set(writePromptRef(ref), ref)
    broken.push(...of.broken)
  }
  return { refs: [...refs.values()], broken }
}

/** The same version with the text of each fragment in its place. `textOf` says the text, already filled in. */
export function fillFragments(content: PromptContent, textOf: (ref: FragmentRef) => string): PromptContent {
  const fill = (text: string): string => {
    const { found } = fragmentsInText(text)
    if (found.length === 0) return text
    let filled = ''
    let at = 0
    for (const { ref, start, end } of found) {
      filled += text.slice(at, start) + textOf(ref)
      at = end
    }
    return filled + text.slice(at)
  }
  const fillTexts = <T extends Texts>(one: T): T => ({
    ...one,
    ...(one.text !== undefined && { text: fill(one.text) }),
    ...(one.messages && {
      messages: one.messages.map((message) => {
        if (message.type === 'placeholder') return message
        const { content: said } = message
        return {
          ...message,
          content:
            typeof said === 'string' ? fill(said) : said.map((part) => (part.type === 'text' ? { ...part, text: fill(part.text) } : part)),
        }
      }),
    }),
  })
  return { ...fillTexts(content), ...(content.variants && { variants: content.variants.map(fillTexts) }) }
}
