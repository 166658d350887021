import { z } from 'zod'
import { check } from '../check.ts'
import { Phrases, wordsOf } from './words.ts'

const Name = z.string().trim().min(1).max(200)
const LONGEST_NAME = 200

export const competitors = check({
  id: 'competitors',
  title: 'Names of competitors',
  catches: 'The names that you list and their aliases, as whole words, whatever their case and accents.',
  misses: 'Descriptions without a name, and misspelled names.',
  cost: 'cpu',
  stages: ['before', 'stream', 'after', 'log'],
  action: 'flag',
  version: 1,
  params: z.strictObject({
    names: z
      .array(z.union([Name, z.strictObject({ name: Name, aliases: z.array(Name).max(50).default([]) })]))
      .min(1)
      .max(2_000),
  }),
  prepare({ names }) {
    const phrases = new Phrases<string>()
    for (const one of names) {
      const { name, aliases } = typeof one === 'string' ? { name: one, aliases: [] } : one
      for (const form of [name, ...aliases]) phrases.add(form, name)
    }
    return {
      stream: { maxMatch: LONGEST_NAME },
      run({ text }) {
        return [...phrases.in([...wordsOf(text)])].map(({ value, start, end }) => ({
          ...{ type: 'COMPETITOR', start, end, score: 1 },
          reason: `names ${value}`,
        }))
      },
    }
  },
})
