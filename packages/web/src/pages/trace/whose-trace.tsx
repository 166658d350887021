import type { Trace } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { CircleUserRound, MessagesSquare } from 'lucide-react'
import { useProject } from '../../data/view.ts'

const style = 'inline-flex max-w-48 min-w-0 items-center gap-1 hover:text-accent hover:underline'

/** The conversation that a trace is a turn of, at that turn, and the user it was made for. */
export function WhoseTrace({ trace: { traceId, sessionId, userId } }: { trace: Trace }) {
  const project = useProject()
  return (
    <>
      {sessionId && (
        <Link
          to="/p/$project/sessions/$sessionId"
          params={{ project, sessionId }}
          search={{ turn: traceId }}
          preload={false}
          aria-label={`Session ${sessionId}`}
          data-tip={`The conversation of this trace\n${sessionId}`}
          className={style}
        >
          <MessagesSquare size={13} className="shrink-0 text-faint" aria-hidden />
          <span className="truncate">{sessionId}</span>
        </Link>
      )}
      {userId && (
        <Link
          to="/p/$project/users/$userId"
          params={{ project, userId }}
          preload={false}
          aria-label={`User ${userId}`}
          data-tip={`All of this user\n${userId}`}
          className={style}
        >
          <CircleUserRound size={13} className="shrink-0 text-faint" aria-hidden />
          <span className="truncate">{userId}</span>
        </Link>
      )}
    </>
  )
}
