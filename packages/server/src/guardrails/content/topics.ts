import { z } from 'zod'
import { sentencesOf } from '../../evaluators/text/sentences.ts'
import { check, type Found } from '../check.ts'
import { Phrases, type Word, wordsOf } from './words.ts'

const Phrase = z.string().trim().min(1).max(200)
const List = z.array(Phrase).max(2_000)

export const TopicRule = z.strictObject({
  name: z.string().min(1).max(100),
  identifiers: List.min(1).meta({ description: 'What the topic is about: `stock`, `shares`, `crypto`.' }),
  verbs: List.default([]).meta({
    description: 'What is asked about it, in the same sentence: `buy`, `invest`, `recommend`. Without any, an identifier suffices.',
  }),
  exceptions: List.default([]).meta({ description: 'Phrases with which the sentence is about something else: `stock photo`.' }),
})
export type TopicRule = z.output<typeof TopicRule>

const Examples = z.strictObject({
  topic: z.string(),
  about: z.array(z.string().max(5_000)).max(1_000).default([]),
  notAbout: z.array(z.string().max(5_000)).max(1_000).default([]),
})
export type TopicExamples = z.output<typeof Examples>

type Part = 'identifier' | 'verb' | 'exception'

export const topics = check({
  id: 'topics',
  title: 'Topics that are not talked about',
  catches: 'Sentences that hold one of the words of a topic and one of the words of what is asked about it, and none of its exceptions.',
  misses: 'The same said in other words. Keep examples beside each topic, and look at what the words make of them.',
  cost: 'cpu',
  stages: ['before', 'after', 'log'],
  action: 'block',
  version: 1,
  params: z.strictObject({ topics: z.array(TopicRule).min(1).max(200) }),
  prepare({ topics }) {
    const find = topicFinder(topics)
    return { run: ({ text }) => find(text) }
  },
})

/** The first words of each topic of each sentence. */
export function topicFinder(topics: readonly TopicRule[]): (text: string) => Found[] {
  const phrases = new Phrases<{ topic: number; part: Part }>()
  for (const [topic, { identifiers, verbs, exceptions }] of topics.entries()) {
    for (const [part, forms] of Object.entries({ identifier: identifiers, verb: verbs, exception: exceptions }) as [Part, string[]][])
      for (const form of forms) phrases.add(form, { topic, part })
  }
  return (text) => {
    const found: Found[] = []
    for (const { words } of sentences(text)) {
      const met = new Map<number, Partial<Record<Part, { start: number; end: number }>>>()
      for (const { value, start, end } of phrases.in(words)) {
        const parts = met.get(value.topic) ?? {}
        parts[value.part] ??= { start, end }
        met.set(value.topic, parts)
      }
      for (const [at, { identifier, verb, exception }] of met) {
        const topic = topics[at]
        if (!topic || !identifier || exception || (topic.verbs.length > 0 && !verb)) continue
        const places = verb ? [identifier, verb] : [identifier]
        found.push({
          type: topic.name,
          start: Math.min(...places.map(({ start }) => start)),
          end: Math.max(...places.map(({ end }) => end)),
          score: 1,
          reason: `is about ${topic.name}`,
        })
      }
    }
    return found
  }
}

function* sentences(text: string): Generator<{ words: Word[] }> {
  const words = [...wordsOf(text)]
  let [at, next] = [0, 0]
  for (const sentence of sentencesOf(text)) {
    const start = text.indexOf(sentence, at)
    at = start === -1 ? at : start + sentence.length
    const first = next
    while (next < words.length && (words[next]?.start ?? 0) < at) next++
    yield { words: words.slice(first, next) }
  }
}

/** What the words of a topic make of its examples: where they are wrong, and precision and recall. */
export function judgeExamples(topics: readonly TopicRule[], { topic, about, notAbout }: TopicExamples) {
  const find = topicFinder(topics.filter(({ name }) => name === topic))
  const missed = about.filter((text) => find(text).length === 0)
  const wrong = notAbout.filter((text) => find(text).length > 0)
  const hits = about.length - missed.length
  return {
    missed,
    wrong,
    recall: about.length === 0 ? null : hits / about.length,
    precision: hits + wrong.length === 0 ? null : hits / (hits + wrong.length),
  }
}
