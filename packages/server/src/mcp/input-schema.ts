import type { Route } from '@signalbox/schema'
import { z } from 'zod'
import type { Tool } from './tools.ts'

export type JsonSchema = { type: 'object'; properties: Record<string, unknown>; required: string[]; additionalProperties: false }

export const MOST_CHARACTERS = { default: 30_000, min: 1000, max: 200_000 } as const

/** What a tool takes: the input of its row, with what is sent as text in an address as the value that it is, and the size of the answer. */
export function inputSchemaOf({ input }: Route, { without = [], defaults = {} }: Pick<Tool, 'without' | 'defaults'>): JsonSchema {
  const read = (io: 'input' | 'output') =>
    z.toJSONSchema(input, { io, unrepresentable: 'any' }) as { properties?: Record<string, object>; required?: string[] }
  const { properties = {} } = read('output')
  const { required = [] } = read('input')
  const taken = Object.entries(properties).filter(([name]) => !without.includes(name))
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(taken.map(([name, schema]) => [name, name in defaults ? { ...schema, default: defaults[name] } : schema])),
      maxCharacters: {
        type: 'integer',
        minimum: MOST_CHARACTERS.min,
        maximum: MOST_CHARACTERS.max,
        default: MOST_CHARACTERS.default,
        description: 'The answer is shortened to this.',
      },
    },
    required: required.filter((name) => !without.includes(name)),
    additionalProperties: false,
  }
}
