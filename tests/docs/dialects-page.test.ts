import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { doors } from '../../packages/server/src/gateway/doors.ts'
import { dialectsPage, everyOwnPair, everyPair, translatedDoors } from '../../scripts/lib/dialects-page.ts'

describe('what dialects carry', () => {
  it('is in docs/dialects.md as the codecs have it', () => {
    const page = readFileSync(new URL('../../docs/dialects.md', import.meta.url), 'utf8')
    expect(page, 'Run: node --conditions=source scripts/dialects-page.ts').toBe(dialectsPage())
  })

  it('is asked of every dialect of a client', () => {
    expect(translatedDoors.toSorted()).toEqual(Object.keys(doors).sort())
  })

  it('names everything that is dropped', () => {
    const silent = everyPair().filter(({ how }) => how === 'silently')
    expect(silent.map(({ client, what, target }) => `${client}: ${what} at ${target}`)).toEqual([])
  })

  it("names it in the client's own words", () => {
    const named = (client: string) => everyPair().flatMap((pair) => (pair.client === client ? pair.dropped : []))
    expect(named('Gemini').filter((name) => name.includes('_'))).toEqual([])
    const ofChat = ['n', 'stop', 'response_format', 'parallel_tool_calls', 'reasoning_effort', 'reasoning_content', 'user']
    expect(named('Messages').filter((name) => ofChat.includes(name))).toEqual([])
  })

  it('loses nothing where client and target speak the same', () => {
    expect(everyOwnPair().filter(({ how }) => how !== 'carried' && how !== 'translated')).toEqual([])
  })

  it('knows what is carried from what is not', () => {
    const found = (what: string, target: string) =>
      everyPair().find((pair) => pair.client === 'Chat completions' && pair.what === what && pair.target === target)
    expect(found('`seed`', 'cohere')).toMatchObject({ how: 'carried', dropped: [] })
    expect(found('`seed`', 'anthropic')).toMatchObject({ how: 'dropped', dropped: ['seed'] })
    expect(found('`reasoning_effort`', 'anthropic')).toMatchObject({ how: 'translated', dropped: [] })
    expect(found('`temperature` above 1', 'anthropic')).toMatchObject({ how: 'partly', dropped: ['temperature'] })
  })
})
