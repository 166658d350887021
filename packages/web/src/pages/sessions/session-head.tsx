import type { Score, TracedSession } from '@signalbox/schema'
import type { ReactNode } from 'react'
import { formatCount, plural } from '../../lib/format-number.ts'
import { CopyId } from '../../ui/copy.tsx'
import { Ago, Duration } from '../../ui/values.tsx'
import { ScoreList, Thumbs } from './feedback.tsx'
import { GroupCost } from './group-cost.tsx'
import { UserLink } from './session-columns.tsx'
import { FAILED, TracesOfSession } from './traces-of.tsx'

/** What a session was, in two lines. All of it, whatever time is chosen. */
export function SessionHead({ session, scores }: { session: TracedSession; scores: readonly Score[] }) {
  const { sessionId, userIds, startedAt, lastAt, durationMs, traces, calls, errors, inputTokens, outputTokens, feedback, environments } =
    session
  const window = { startedAt, lastAt }
  const tokens = inputTokens + outputTokens
  return (
    <div className="min-w-0">
      <div className="flex min-w-0 items-center gap-2">
        <h1 className="text-lg font-semibold">Session</h1>
        <CopyId id={sessionId} what="session id" strong className="min-w-0" />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 text-soft">
        {userIds.slice(0, 3).map((userId) => (
          <UserLink key={userId} userId={userId} className="max-w-40" />
        ))}
        {userIds.length > 3 && <span className="text-faint">+{userIds.length - 3} users</span>}
        <Ago time={lastAt} />
        <Fact tip="From the first start to the last end">
          <Duration milliseconds={durationMs} />
        </Fact>
        <TracesOfSession sessionId={sessionId} window={window} label={`${traces} traces of this session`}>
          {plural(traces, 'turn')}
        </TracesOfSession>
        <span>{plural(calls, 'call')}</span>
        {errors > 0 && (
          <span className="text-error">
            <TracesOfSession sessionId={sessionId} window={window} filters={FAILED} label={`${errors} errors of this session`}>
              {`${plural(errors, 'turn')} with errors`}
            </TracesOfSession>
          </span>
        )}
        {tokens > 0 && <Fact tip={`${formatCount(inputTokens)} in, ${formatCount(outputTokens)} out`}>{formatCount(tokens)} tokens</Fact>}
        {calls > 0 && <GroupCost of={session} bare={false} />}
        {environments.length > 0 && <span className="truncate">{environments.join(', ')}</span>}
        {feedback.up + feedback.down > 0 && <Thumbs {...feedback} />}
        {scores.length > 0 && <ScoreList scores={scores} />}
      </div>
    </div>
  )
}

const Fact = ({ tip, children }: { tip: string; children: ReactNode }) => <span data-tip={tip}>{children}</span>
