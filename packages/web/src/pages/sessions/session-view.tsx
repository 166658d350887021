import type { Turn } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { Braces, FileText, Search, SearchX, Trash2, X } from 'lucide-react'
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { usePreference } from '../../data/preferences.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Button, buttonStyle, IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { SessionHead } from './session-head.tsx'
import { sessionMarkdown } from './session-text.ts'
import { TurnView } from './turn-view.tsx'
import { readWhole, useSession } from './use-session.ts'

type Props = {
  project: string
  sessionId: string
  find: string
  turn: string | undefined
  onFind: (find: string) => void
  actions: ReactNode
}

/** A session as the conversation that it was. */
export function SessionView({ project, sessionId, find, turn: wanted, onFind, actions }: Props) {
  const { query, session, scores, turns } = useSession(project, sessionId, find)
  const [messages, setMessages] = usePreference('messages', 'rendered')
  const may = useMay()
  const end = useRef<HTMLDivElement>(null)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (!end.current || !hasNextPage || isFetchingNextPage) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), { rootMargin: '600px' })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  // A turn that the address names is gone to once it is there, and read up to where it is not.
  const there = wanted !== undefined && turns.some(({ trace }) => trace.traceId === wanted)
  useEffect(() => {
    if (wanted === undefined) return
    if (there) document.getElementById(`turn-${wanted}`)?.scrollIntoView({ block: 'start' })
    else if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [wanted, there, hasNextPage, isFetchingNextPage, fetchNextPage])

  const copy = async (what: 'Markdown' | 'JSON') => {
    const whole = await readWhole(project, sessionId)
    await copyAndTell(what === 'JSON' ? JSON.stringify(whole, null, 2) : sessionMarkdown(whole), `Session as ${what}`)
  }
  return (
    <>
      <header className="flex shrink-0 items-start gap-3 border-b border-line py-2.5 pr-3 pl-4">
        <div className="min-w-0 flex-1">
          {session ? <SessionHead session={session} scores={scores} /> : <p className="h-10 truncate text-faint">Session {sessionId}…</p>}
        </div>
        <div className="flex items-center gap-0.5">
          {may('traces:delete') && (
            <Link
              to="/p/$project/privacy"
              params={{ project }}
              search={{ session: sessionId }}
              hash="new"
              aria-label="Delete this session"
              data-tip="Delete this session"
              className={buttonStyle({ kind: 'ghost', size: 'small-icon' })}
            >
              <Trash2 size={13} />
            </Link>
          )}
          {actions}
        </div>
      </header>
      {!session ? (
        query.error ? (
          <ErrorNote error={query.error} retry={() => query.refetch()} className="m-4" />
        ) : (
          <SkeletonRows rows={8} />
        )
      ) : (
        <>
          <div className="flex shrink-0 items-center gap-2 border-b border-line px-4 py-1.5">
            <FindBox find={find} onFind={onFind} />
            <Segmented
              label="Messages"
              choices={[
                { value: 'rendered', label: 'Rendered' },
                { value: 'raw', label: 'Raw' },
              ]}
              value={messages}
              onChange={setMessages}
            />
            <IconButton label="Copy as Markdown" size="small-icon" onClick={() => void copy('Markdown')}>
              <FileText size={14} />
            </IconButton>
            <IconButton label="Copy as JSON" size="small-icon" onClick={() => void copy('JSON')}>
              <Braces size={14} />
            </IconButton>
          </div>
          <section
            aria-label="Conversation"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            tabIndex={0}
            className="min-h-0 flex-1 overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
          >
            <div className="mx-auto flex max-w-4xl flex-col gap-5 px-4 pt-4 pb-10">
              {query.error && <ErrorNote error={query.error} retry={() => query.refetch()} />}
              {turns.length === 0 && !query.error && (
                <EmptyState icon={SearchX} title="No turn says that" action={<Button onClick={() => onFind('')}>Show all turns</Button>}>
                  Whole words are looked for in inputs and outputs of every step.
                </EmptyState>
              )}
              {turns.map((turn, at) => (
                <Fragment key={turn.trace.traceId}>
                  <Gap before={turns[at - 1]} turn={turn} />
                  <TurnView project={project} turn={turn} number={at + 1} raw={messages === 'raw'} marked={turn.trace.traceId === wanted} />
                </Fragment>
              ))}
              {hasNextPage && (
                <div ref={end} className="flex justify-center">
                  <Button onClick={() => fetchNextPage()} disabled={isFetchingNextPage}>
                    {isFetchingNextPage ? 'Reading more turns…' : 'More turns'}
                  </Button>
                </div>
              )}
            </div>
          </section>
        </>
      )}
    </>
  )
}

const LONG_MS = 60_000

/** A silence between two turns, where it was long. */
function Gap({ before, turn }: { before: Turn | undefined; turn: Turn }) {
  if (!before) return null
  const silence = Date.parse(turn.trace.startedAt) - (Date.parse(before.trace.startedAt) + before.trace.durationMs)
  if (silence < LONG_MS) return null
  return (
    <p className="flex items-center gap-3 text-sm text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      {formatDuration(silence)} later
    </p>
  )
}

/** Looks for words in the turns: on Enter, so that a half word is not looked for. */
function FindBox({ find, onFind }: { find: string; onFind: (find: string) => void }) {
  const [text, setText] = useState(find)
  useEffect(() => setText(find), [find])
  return (
    <form
      className="relative min-w-0 flex-1"
      onSubmit={(event) => {
        event.preventDefault()
        onFind(text.trim())
      }}
    >
      <Search size={13} className="pointer-events-none absolute top-2.5 left-2.5 text-faint" aria-hidden />
      <Input
        type="text"
        aria-label="Find in this session"
        placeholder="Find words in this session"
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          if (text === '') event.currentTarget.blur()
          setText('')
          if (find) onFind('')
        }}
        className="max-w-96 pl-8"
      />
      {find && (
        <button type="button" aria-label="Show all turns" onClick={() => onFind('')} className="ml-2 rounded-sm text-faint hover:text-text">
          <X size={13} />
        </button>
      )}
    </form>
  )
}
