import { useSession } from '../../data/session.ts'
import { Badge } from '../../ui/badge.tsx'
import type { Column } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'

type Person = { id: string; email: string | null; keys: number; lastSeenAt: string | null }

export const nameOf = ({ email, id }: { id: string; email: string | null }): string => email ?? id

/** What lists of people say of each of them, around what is said only there. */
export function usePeopleColumns(): { email: Column<Person>; keys: Column<Person>; seen: Column<Person> } {
  const { account } = useSession()
  return {
    email: {
      id: 'email',
      header: 'E-mail',
      cell: (person) => (
        <span className="flex items-center gap-2">
          <span className="max-w-64 truncate font-medium">{nameOf(person)}</span>
          {person.id === account.id && <Badge>you</Badge>}
        </span>
      ),
    },
    keys: KEYS,
    seen: {
      id: 'seen',
      header: 'Last seen',
      cell: ({ lastSeenAt }) =>
        lastSeenAt ? (
          <Ago time={lastSeenAt} />
        ) : (
          <span className="text-faint" data-tip="Logged in nowhere">
            –
          </span>
        ),
    },
  }
}

/** How many keys there are that work. */
export const KEYS: Column<{ keys: number }> = {
  id: 'keys',
  header: 'Keys',
  align: 'right',
  cell: ({ keys }) => (keys > 0 ? keys : <span className="text-faint">0</span>),
}

/** Said of a link that is shown once. */
export function LinkEnds({ at }: { at: string }) {
  return (
    <>
      It works once and ends <Ago time={at} />.
    </>
  )
}
