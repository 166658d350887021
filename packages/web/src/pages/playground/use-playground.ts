import type { PlaygroundState } from '@signalbox/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { type Column, close, keyed, open, type Playground } from './columns.ts'
import { readState, writeState } from './share-link.ts'
import { stateOf, TECHNIQUES } from './techniques.ts'

const WRITE_AFTER_MS = 400
/** Where a playground begins: with what an address says. */
const ORIGIN = ['s', 'saved', 'trace', 'span', 'prompt', 'version', 'technique'] as const
type Origin = { [name in (typeof ORIGIN)[number]]?: string | undefined }
const NOTHING = Object.fromEntries(ORIGIN.map((name) => [name, undefined])) as Record<keyof Origin, undefined>

/**
 * What the page asks, kept in its address as far as that holds it. An address that leads to a trace, a prompt or something saved is read
 * once; from the first change on the address says the whole itself.
 */
export function usePlayground(project: string, route: string | undefined) {
  const search = useSearch({ from: '/p/$project/playground' })
  const navigate = useNavigate({ from: '/p/$project/playground' })
  const [playground, setPlayground] = useState<Playground | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [isTooLong, setTooLong] = useState(false)
  const written = useRef<string | null>(null)
  /** Since it was read. */
  const changed = useRef(false)
  const origin = JSON.stringify(ORIGIN.map((name) => search[name] ?? ''))

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address decides; `origin` is all of it that is read.
  useEffect(() => {
    if (written.current === origin || route === undefined) return
    written.current = origin
    changed.current = false
    let isGone = false
    setProblem(null)
    begin(project, search, route).then(
      (found) => !isGone && !changed.current && setPlayground(found),
      (error: unknown) => {
        if (isGone || changed.current) return
        setPlayground(null)
        setProblem(error)
      },
    )
    return () => {
      isGone = true
    }
  }, [origin, route === undefined])

  const change = useCallback((make: (before: Playground) => Playground) => {
    changed.current = true
    setPlayground((before) => before && make(before))
  }, [])
  /** Begins anew, with this. */
  const beginWith = useCallback((state: PlaygroundState) => {
    changed.current = true
    setProblem(null)
    setPlayground(open(state))
  }, [])

  useEffect(() => {
    if (!playground || !changed.current) return
    let isGone = false
    const timer = setTimeout(async () => {
      const s = await writeState(close(playground))
      if (isGone) return
      setTooLong(s === null)
      written.current = JSON.stringify(ORIGIN.map((name) => (name === 's' ? (s ?? '') : '')))
      navigate({ search: (before) => ({ ...before, ...NOTHING, ...(s !== null && { s }) }), replace: true })
    }, WRITE_AFTER_MS)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [playground, navigate])

  return { playground, problem, isTooLong, change, begin: beginWith, isEmptyAddress: ORIGIN.every((name) => !search[name]) }
}

async function begin(project: string, origin: Origin, route: string): Promise<Playground | null> {
  const client = clientFor(project)
  if (origin.saved) return withSaved(project, open((await client.playgrounds.get({ id: origin.saved })).state))
  if (origin.s) {
    const state = await readState(origin.s)
    if (!state) throw new Error('The address does not hold a playground: it was cut, or comes from another version.')
    return withSaved(project, open(state))
  }
  if (origin.trace && origin.span) {
    const [{ contentOfCall }, call] = await Promise.all([
      import('./from-span.ts'),
      client.spans.get({ traceId: origin.trace, spanId: origin.span }),
    ])
    const content = contentOfCall(call)
    if (!content) throw new Error('What this call was asked was not kept, or is not a list of messages.')
    return { columns: [keyed({ content, mocks: {} })], variables: {} }
  }
  if (origin.prompt) {
    const found = await client.prompts.get({
      name: origin.prompt,
      ...(origin.version ? { version: Number(origin.version) } : { label: 'latest' }),
    })
    const { content, version } = found
    const model = { ...content.model, route: content.model?.route ?? route }
    return {
      columns: [{ ...keyed({ prompt: { name: origin.prompt, version }, content: { ...content, model }, mocks: {} }), saved: found }],
      variables: {},
    }
  }
  const technique = TECHNIQUES.find(({ id }) => id === origin.technique)
  return technique ? open(stateOf(technique, route)) : null
}

/** With the versions that columns come from, to see whether something was changed. One that is gone is no reason to show nothing. */
async function withSaved(project: string, playground: Playground): Promise<Playground> {
  const columns = await Promise.all(
    playground.columns.map(async (column): Promise<Column> => {
      if (!column.prompt) return column
      const found = await clientFor(project)
        .prompts.get(column.prompt)
        .catch(() => null)
      return found ? { ...column, saved: found } : column
    }),
  )
  return { ...playground, columns }
}
