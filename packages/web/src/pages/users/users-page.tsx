import { type EndUser, UserSort } from '@signalbox/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CircleUserRound, SearchX } from 'lucide-react'
import { clientFor } from '../../data/client.ts'
import { useView } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { GroupPage } from '../sessions/group-page.tsx'
import { useGroupList } from '../sessions/use-group-list.ts'
import { type Way, WaysToName } from '../sessions/ways-to-name.tsx'
import { USER_COLUMNS, USER_DEFAULTS } from './user-columns.tsx'

const NEWEST: UserSort = '-lastSeen'

/** The people who use the app, as it calls them. */
export function UsersPage() {
  const { project } = useView()
  const search = useSearch({ from: '/p/$project/users' })
  const navigate = useNavigate({ from: '/p/$project/users' })
  const given = { ...search, sort: UserSort.safeParse(search.sort).data }
  const list = useGroupList<EndUser>({
    name: 'users',
    given,
    newest: NEWEST,
    read: async (of, ask, sort, signal) => {
      const { users, nextCursor } = await clientFor(of).users.list({ ...ask, sort: UserSort.parse(sort) }, { signal })
      return { rows: users, nextCursor }
    },
  })
  return (
    <GroupPage
      title="Users"
      question="Who uses your app: how much, at what cost, and how it goes for them."
      name="user"
      columns={USER_COLUMNS}
      defaults={USER_DEFAULTS}
      rowKey={({ userId }) => userId}
      list={list}
      given={given}
      set={(next) => navigate({ search: (before) => ({ ...before, ...next }), replace: true })}
      newest={NEWEST}
      onOpen={({ userId }) => navigate({ to: '/p/$project/users/$userId', params: { project, userId } })}
      empty={(narrowed) => <NoUsers narrowed={narrowed} onClear={() => navigate({ search: () => ({ range: '30d' }) })} />}
    />
  )
}

function NoUsers({ narrowed, onClear }: { narrowed: boolean; onClear: () => void }) {
  if (narrowed)
    return (
      <EmptyState icon={SearchX} title="No user matches" action={<Button onClick={onClear}>Clear filters, show 30 days</Button>}>
        Nobody has a trace in this time with all of these properties. Remove a filter, or choose a longer time.
      </EmptyState>
    )
  return (
    <>
      <EmptyState icon={CircleUserRound} title="No user in this time" action={<Button onClick={onClear}>Show 30 days</Button>}>
        A trace belongs to a user when it says for whom it was made. Send an id that means something to you, in any of these ways; it need
        not be a name.
      </EmptyState>
      <WaysToName ways={WAYS} />
    </>
  )
}

const WAYS: Way[] = [
  {
    title: 'A header on calls through the gateway, or the field of OpenAI',
    code: `await openai.chat.completions.create({ model, messages, user: 'ann' })
await openai.chat.completions.create(body, { headers: { 'x-signalbox-user': 'ann' } })`,
  },
  { title: 'An attribute of an OpenTelemetry span', code: `span.setAttribute('user.id', 'ann')` },
  { title: 'The SDK of Langfuse', code: `langfuse.trace({ name: 'chat', userId: 'ann' })` },
]
