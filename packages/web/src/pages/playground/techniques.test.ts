import { PlaygroundState } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { chatRequest } from './chat-request.ts'
import { messagesOf, typedValues, variablesOf } from './render-content.ts'
import { TECHNIQUE_TITLES } from './technique-titles.ts'
import { stateOf, TECHNIQUES } from './techniques.ts'

test.each(TECHNIQUES)('$id can be run as it is', async (technique) => {
  const state = PlaygroundState.parse(stateOf(technique, 'simulator/echo'))
  const content = state.columns[0]?.content
  if (!content) throw new Error('no column')
  expect(variablesOf(content).map(({ name }) => name)).toEqual(Object.keys(technique.variables))
  const messages = await messagesOf(content, typedValues(state.variables))
  expect(JSON.stringify(messages)).not.toContain('{{')
  expect(chatRequest(content, messages)).toMatchObject({ model: 'simulator/echo', messages })
})

test('each shows what it is named after', async () => {
  const of = (id: string) => TECHNIQUES.find((technique) => technique.id === id)
  const said = async (id: string) => {
    const state = stateOf(of(id) as never, '')
    return messagesOf(state.columns[0]?.content as never, state.variables)
  }
  expect(await said('zero-shot')).toHaveLength(1)
  expect((await said('few-shot')).map(({ role }) => role).join(' ')).toBe('system user assistant user assistant user assistant user')
  expect(JSON.stringify(await said('chain-of-thought'))).toMatch(/wheels.*step by step/)
  expect((await said('role'))[0]?.content).toContain('science teacher')
  expect(of('structured-output')?.content.output?.schema).toMatchObject({ additionalProperties: false })
})

test('each has its name, and the other way round', () => {
  expect(TECHNIQUES.map(({ id }) => id)).toEqual(TECHNIQUE_TITLES.map(({ id }) => id))
})
