import { AppError } from '@signalbox/schema'
import { doors } from '../../packages/server/src/gateway/doors.ts'
import { encodeFor } from '../../packages/server/src/gateway/translation.ts'
import type { ProviderDialect } from '../../packages/server/src/providers/kinds.ts'
import { chatFeatures } from './dialect-features/chat.ts'
import { cohereFeatures } from './dialect-features/cohere.ts'
import { completionsFeatures } from './dialect-features/completions.ts'
import type { ClientFeatures, Feature } from './dialect-features/feature.ts'
import { geminiFeatures } from './dialect-features/gemini.ts'
import { messagesFeatures } from './dialect-features/messages.ts'
import { responsesFeatures } from './dialect-features/responses.ts'

type Client = { title: string; door: keyof typeof doors; own?: ProviderDialect } & ClientFeatures
const CLIENTS: readonly Client[] = [
  { title: 'Chat completions', door: 'chat', own: 'openai-chat', ...chatFeatures },
  { title: 'Completions', door: 'completions', ...completionsFeatures },
  { title: 'Responses', door: 'responses', own: 'openai-responses', ...responsesFeatures },
  { title: 'Messages', door: 'messages', own: 'anthropic', ...messagesFeatures },
  { title: 'Gemini', door: 'gemini', own: 'gemini', ...geminiFeatures },
  { title: 'Cohere', door: 'cohere', own: 'cohere', ...cohereFeatures },
]

/** The doors whose calls are translated. */
export const translatedDoors: readonly string[] = CLIENTS.map(({ door }) => door)

/** A model of each dialect, since what is carried depends on it here and there. */
const TARGETS: Record<ProviderDialect, { title: string; model: string }> = {
  'openai-chat': { title: 'Chat completions', model: 'gpt-5' },
  'openai-responses': { title: 'Responses', model: 'gpt-5' },
  anthropic: { title: 'Anthropic', model: 'claude-sonnet-4-5' },
  gemini: { title: 'Gemini', model: 'gemini-2.5-pro' },
  bedrock: { title: 'Bedrock', model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
  cohere: { title: 'Cohere', model: 'command-a-03-2025' },
}
const DIALECTS = Object.keys(TARGETS) as ProviderDialect[]

/**
 * How a target gets a feature: to the letter, in its own words, in part, or not at all; `refused`: the whole call is.
 * `silently`: not at all, and nobody is told, which is a bug.
 */
export type Carried = {
  client: string
  what: string
  target: ProviderDialect
  how: 'carried' | 'translated' | 'partly' | 'dropped' | 'refused' | 'silently'
  dropped: string[]
}

/** What becomes of every feature of every client at every target, asked of the codecs themselves. The own dialect is left out. */
export function everyPair(): Carried[] {
  return CLIENTS.flatMap((client) =>
    client.features.flatMap((feature) =>
      DIALECTS.filter((target) => target !== client.own).map((target) => ({
        client: client.title,
        what: feature.what,
        target,
        ...carriedTo(target, client, feature),
      })),
    ),
  )
}

/** The same of each dialect at itself, by its codec: there the bytes pass, and the codec must lose nothing either. */
export function everyOwnPair(): Carried[] {
  return CLIENTS.flatMap((client) =>
    client.own === undefined
      ? []
      : client.features.map((feature) => {
          const target = client.own as ProviderDialect
          return { client: client.title, what: feature.what, target, ...carriedTo(target, client, feature) }
        }),
  )
}

function carriedTo(target: ProviderDialect, client: Client, feature: Feature): Pick<Carried, 'how' | 'dropped'> {
  const encode = (request: object) => {
    const call = doors[client.door].codec.decodeCall({ ...client.smallest, ...request }, { model: 'm', stream: false })
    return encodeFor(call, target, { model: TARGETS[target].model, streamUsage: true })
  }
  const before = encode(feature.without ?? {})
  let after: ReturnType<typeof encode>
  try {
    after = encode(feature.request)
  } catch (error) {
    if (error instanceof AppError) return { how: 'refused', dropped: [] }
    throw error
  }
  const body = JSON.stringify(after.body)
  const dropped = after.dropped.filter((name) => !before.dropped.includes(name))
  const arrives = body !== JSON.stringify(before.body)
  if (dropped.length > 0) return { how: arrives ? 'partly' : 'dropped', dropped }
  if (body.includes(feature.mark)) return { how: 'carried', dropped }
  // What it belongs to is already dropped.
  if (!arrives && before.dropped.length > 0) return { how: 'dropped', dropped: before.dropped }
  return { how: arrives || feature.isUsual ? 'translated' : 'silently', dropped }
}

/** The page of what each pair of dialects cannot carry. */
export function dialectsPage(): string {
  const pairs = everyPair()
  return [HEAD, summary(pairs), ...CLIENTS.map((client) => section(client, pairs))].join('\n')
}

function summary(pairs: readonly Carried[]): string {
  const rows = CLIENTS.map((client) => {
    const cells = DIALECTS.map((target) => {
      if (target === client.own) return SAME
      const names = pairs.filter((pair) => pair.client === client.title && pair.target === target).flatMap(({ dropped }) => dropped)
      return namesOf([...new Set(names)].sort()) || 'nothing'
    })
    return [client.title, ...cells]
  })
  return `## What is dropped, by its name in \`x-signalbox-dropped\`\n\n${table(['Client', ...titles(DIALECTS)], rows)}`
}

function section(client: Client, pairs: readonly Carried[]): string {
  const targets = DIALECTS.filter((target) => target !== client.own)
  const rows = client.features.map(({ what }) => {
    const cells = targets.map((target) => {
      const pair = pairs.find((one) => one.client === client.title && one.what === what && one.target === target)
      return pair ? cellOf(pair) : ''
    })
    return [what, ...cells]
  })
  return `## A client of ${client.title}\n\n${table(['', ...titles(targets)], rows)}`
}

const SAME = 'passes as it is'
const cellOf = ({ how, dropped }: Carried): string => CELLS[how] + (dropped.length > 0 ? ` ${namesOf(dropped)}` : '')
const CELLS: Record<Carried['how'], string> = {
  carried: '✓',
  translated: '≈',
  partly: 'partly, without',
  dropped: '✗',
  refused: 'refused',
  silently: '✗ _unnamed_',
}

const titles = (dialects: readonly ProviderDialect[]): string[] => dialects.map((dialect) => TARGETS[dialect].title)
const namesOf = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  line(head) + line(head.map(() => '---')) + rows.map(line).join('')

const HEAD = `# What dialects carry

A call goes on in its own dialect where the provider speaks it: the bytes pass, nothing is lost. Else it is translated, and this page says what the
target gets of a request. Made by asking the codecs themselves, feature by feature (\`node --conditions=source scripts/dialects-page.ts\`); a test
compares.

- ✓ arrives to the letter.
- ≈ arrives in the target's own words, or as near as it has them: a word for how much to think becomes a number of tokens.
- ✗ does not arrive. The names are those of \`x-signalbox-dropped\`; a call with \`x-signalbox-strict: true\` is refused instead.
- _partly_: some of it arrives; what does not is named.
- _refused_: a 400, since without it the answer would be one to another question.

The models that were asked for:

${DIALECTS.map((dialect) => `- ${TARGETS[dialect].title}: \`${TARGETS[dialect].model}\``).join('\n')}

Others of the same dialect take less here and there, which is named too: newer Claude models have no \`temperature\`, \`top_p\` and \`top_k\`, older ones
do not think. A check mark says that a parameter reaches the provider, not that each of its models heeds it. A provider may refuse
more than its dialect does: Mistral takes fewer parameters than other chat endpoints, and what it does not take is named as well.
`
