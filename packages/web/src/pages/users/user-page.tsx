import type { EndUser, Filter } from '@signalbox/schema'
import { AppError } from '@signalbox/sdk'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import { CircleUserRound, Link2, Minimize2, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useMay } from '../../data/may.ts'
import { isoWindow } from '../../data/queries.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useSetView, useView } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { exactUsd, formatUsd } from '../../lib/format-money.ts'
import { formatCompact, formatCount, plural } from '../../lib/format-number.ts'
import { bucketFor, resolveTimeRange } from '../../lib/time-range.ts'
import { Button, buttonStyle, IconButton } from '../../ui/button.tsx'
import { NumberTile } from '../../ui/chart/number-tile.tsx'
import { CopyId, copyAndTell } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'
import { Thumbs } from '../sessions/feedback.tsx'
import { FAILED } from '../sessions/traces-of.tsx'
import { UserBudgets } from './user-budgets.tsx'
import { type OneUser, UserCharts } from './user-charts.tsx'
import { UserModels } from './user-models.tsx'
import { UserSessions } from './user-sessions.tsx'

/** One user of the app: what they did and what it cost. */
export function UserPage() {
  const { project, userId } = useParams({ from: '/p/$project/users/$userId' })
  const navigate = useNavigate({ from: '/p/$project/users/$userId' })
  const { range, rangeKey, environment, environmentFilters } = useView()
  const { setRange } = useSetView()
  const router = useRouter()
  const user = useQuery({
    queryKey: [...keys.spans(project), 'user', userId, rangeKey, environment ?? ''],
    queryFn: async ({ signal }): Promise<OneUser> => {
      const window = resolveTimeRange(range, Date.now())
      const answer = await clientFor(project).users.get(
        {
          userId,
          ...isoWindow(range),
          bucket: bucketFor(window).bucket,
          ...(environmentFilters.length > 0 && { filter: environmentFilters }),
        },
        { signal },
      )
      return { ...answer, window }
    },
    placeholderData: keepPreviousData,
    retry: (count, error) => count < 2 && !isMissing(error),
  })
  const back = () => {
    if (router.history.canGoBack()) router.history.back()
    else navigate({ to: '/p/$project/users', params: { project } })
  }
  useShortcuts({ escape: back, c: () => copyAndTell(location.href, 'Link') })
  return (
    <Page>
      <Head userId={userId} project={project} user={user.error ? undefined : user.data?.user} onBack={back} />
      {isMissing(user.error) ? (
        <EmptyState
          icon={CircleUserRound}
          title="Nothing of this user in this time"
          action={<Button onClick={() => setRange({ kind: 'relative', range: '90d' })}>Show 90 days</Button>}
        >
          No trace names {userId}
          {environment === undefined ? '' : ` in ${environment}`} in the chosen time.
        </EmptyState>
      ) : user.data ? (
        <>
          {user.error && <ErrorNote error={user.error} retry={() => user.refetch()} />}
          <Figures user={user.data.user} />
          <UserCharts data={user.data} userId={userId} />
          <div className="grid items-start gap-4 xl:grid-cols-2">
            <UserSessions project={project} userId={userId} />
            <div className="flex min-w-0 flex-col gap-4">
              <UserModels models={user.data.models} userId={userId} />
              <UserBudgets project={project} userId={userId} />
            </div>
          </div>
        </>
      ) : user.error ? (
        <ErrorNote error={user.error} retry={() => user.refetch()} />
      ) : (
        <SkeletonRows rows={16} />
      )}
    </Page>
  )
}

const isMissing = (error: unknown) => error instanceof AppError && error.code === 'not-found'

type HeadProps = { userId: string; project: string; user: EndUser | undefined; onBack: () => void }
function Head({ userId, project, user, onBack }: HeadProps) {
  const may = useMay()
  return (
    <header className="flex items-start gap-4">
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2">
          <h1 className="text-xl font-semibold tracking-tight">User</h1>
          <CopyId id={userId} what="user id" strong className="min-w-0" />
        </div>
        <p className="flex h-5 flex-wrap gap-x-3 text-soft">
          {user && (
            <>
              <span>
                first seen in this time <Ago time={user.firstSeen} />
              </span>
              <span>
                last <Ago time={user.lastSeen} />
              </span>
              {user.environments.length > 0 && <span>{user.environments.join(', ')}</span>}
            </>
          )}
        </p>
      </div>
      <div className="flex items-center gap-1">
        {may('traces:delete') && (
          <Link to="/p/$project/privacy" params={{ project }} search={{ user: userId }} hash="new" className={buttonStyle({})}>
            <Trash2 size={14} className="text-faint" aria-hidden /> Delete this user…
          </Link>
        )}
        <IconButton label="Copy link  c" onClick={() => copyAndTell(location.href, 'Link')}>
          <Link2 size={15} />
        </IconButton>
        <IconButton label="Back to the list  Esc" onClick={onBack}>
          <Minimize2 size={14} />
        </IconButton>
      </div>
    </header>
  )
}

const count = (value: number | null) => formatCompact(value)
const whole = (value: number | null) => formatCount(value)

function Figures({ user }: { user: EndUser }) {
  const mine: Filter = { field: 'userId', op: 'eq', value: user.userId }
  const { project } = useView()
  const toTraces = (filters: Filter[], label: string) =>
    function link(number: ReactNode, className: string, tip: string) {
      return (
        <Link
          to="/p/$project/traces"
          params={{ project }}
          search={{ filter: writeFilters([mine, ...filters]) }}
          aria-label={label}
          className={`${className} hover:text-accent`}
          data-tip={tip}
        >
          {number}
        </Link>
      )
    }
  return (
    <dl className="grid grid-cols-4 gap-px overflow-hidden rounded-md border border-line bg-line xl:grid-cols-8">
      <NumberTile
        title="Cost"
        value={user.costUsd === null ? null : Number(user.costUsd)}
        show={formatUsd}
        exact={exactUsd}
        note={
          user.unpricedCount > 0
            ? { text: `+${formatCompact(user.unpricedCount)} unpriced`, tip: 'Steps without a known price, not in the sum' }
            : null
        }
        link={toTraces([{ field: 'cost', op: 'gt', value: 0 }], 'Traces of this user that cost something')}
      />
      <NumberTile title="Traces" value={user.traces} show={count} exact={whole} link={toTraces([], 'Traces of this user')} />
      <NumberTile
        title="Sessions"
        value={user.sessions}
        show={count}
        exact={whole}
        link={(number, className, tip) => (
          <Link
            to="/p/$project/sessions"
            params={{ project }}
            search={{ filter: writeFilters([mine]) }}
            aria-label="Sessions of this user"
            className={`${className} hover:text-accent`}
            data-tip={tip}
          >
            {number}
          </Link>
        )}
      />
      <NumberTile
        title="Calls"
        value={user.calls}
        show={count}
        exact={whole}
        link={toTraces([{ field: 'kind', op: 'in', value: ['llm', 'embedding'] }], 'Calls of this user')}
      />
      <NumberTile title="Errors" value={user.errors} show={count} exact={whole} link={toTraces(FAILED, 'Errors of this user')} />
      <NumberTile
        title="Tokens in"
        value={user.inputTokens}
        show={count}
        exact={whole}
        link={toTraces([{ field: 'inputTokens', op: 'gt', value: 0 }], 'Traces of this user that read tokens')}
      />
      <NumberTile
        title="Tokens out"
        value={user.outputTokens}
        show={count}
        exact={whole}
        link={toTraces([{ field: 'outputTokens', op: 'gt', value: 0 }], 'Traces of this user that wrote tokens')}
      />
      <div className="bg-surface-1 px-3 py-2.5">
        <dt className="text-sm text-faint">Feedback</dt>
        <dd className="mt-1" data-tip={plural(user.feedback.up + user.feedback.down, 'thumb')}>
          <Thumbs {...user.feedback} />
        </dd>
      </div>
    </dl>
  )
}
