import { SessionSort, type TracedSession } from '@signalbox/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { clientFor } from '../../data/client.ts'
import { useView } from '../../data/view.ts'
import { GroupPage } from './group-page.tsx'
import { NoSessions } from './no-sessions.tsx'
import { SESSION_COLUMNS, SESSION_DEFAULTS } from './session-columns.tsx'
import { useGroupList } from './use-group-list.ts'

const SessionPanel = lazy(() => import('./session-panel.tsx').then((module) => ({ default: module.SessionPanel })))
const NEWEST: SessionSort = '-lastAt'

/** Conversations: traces that name the same session. */
export function SessionsPage() {
  const { project } = useView()
  const { session: open, find: _, turn: __, ...search } = useSearch({ from: '/p/$project/sessions' })
  const navigate = useNavigate({ from: '/p/$project/sessions' })
  const given = { ...search, sort: SessionSort.safeParse(search.sort).data }
  const list = useGroupList<TracedSession>({
    name: 'sessions',
    given,
    newest: NEWEST,
    read: async (of, ask, sort, signal) => {
      const { sessions, nextCursor } = await clientFor(of).sessions.list({ ...ask, sort: SessionSort.parse(sort) }, { signal })
      return { rows: sessions, nextCursor }
    },
  })
  const close = () => navigate({ search: (before) => ({ ...before, session: undefined, find: undefined, turn: undefined }) })
  return (
    <GroupPage
      title="Sessions"
      question="Conversations of your app, turn by turn: who talked, what it cost, and where it went wrong."
      name="session"
      columns={SESSION_COLUMNS}
      defaults={SESSION_DEFAULTS}
      rowKey={({ sessionId }) => sessionId}
      list={list}
      given={given}
      set={(next) => navigate({ search: (before) => ({ ...before, ...next }), replace: true })}
      newest={NEWEST}
      open={open}
      onOpen={({ sessionId }) =>
        navigate({ search: (before) => ({ ...before, session: sessionId, find: undefined, turn: undefined }), replace: open !== undefined })
      }
      onClose={close}
      empty={(narrowed) => <NoSessions narrowed={narrowed} onClear={() => navigate({ search: () => ({ range: '30d' }) })} />}
    >
      {open !== undefined && (
        <Suspense>
          <SessionPanel key={open} project={project} sessionId={open} onClose={close} />
        </Suspense>
      )}
    </GroupPage>
  )
}
