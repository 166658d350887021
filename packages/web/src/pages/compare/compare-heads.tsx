import type { Trace } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useProject } from '../../data/view.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCount } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Status } from '../../ui/badge.tsx'
import { Ago } from '../../ui/values.tsx'
import { signed } from './signed.ts'

/** Both traces as a whole, figure below figure, with the difference. */
export function CompareHeads({ a, b }: { a: Trace; b: Trace }) {
  const figures: [title: string, a: ReactNode, b: ReactNode, difference: string | null][] = [
    ['Duration', formatDuration(a.durationMs), formatDuration(b.durationMs), signed(a.durationMs, b.durationMs, formatDuration)],
    ['Spans', formatCount(a.spanCount), formatCount(b.spanCount), signed(a.spanCount, b.spanCount, formatCount)],
    ['Errors', formatCount(a.errorCount), formatCount(b.errorCount), signed(a.errorCount, b.errorCount, formatCount)],
    ['Input tokens', formatCount(a.inputTokens), formatCount(b.inputTokens), signed(a.inputTokens, b.inputTokens, formatCount)],
    ['Output tokens', formatCount(a.outputTokens), formatCount(b.outputTokens), signed(a.outputTokens, b.outputTokens, formatCount)],
    [
      'Cost',
      formatUsd(a.costUsd),
      formatUsd(b.costUsd),
      a.costUsd === null || b.costUsd === null ? null : signed(Number(a.costUsd), Number(b.costUsd), formatUsd),
    ],
  ]
  return (
    <div className="overflow-x-auto px-6 pb-3">
      <table aria-label="The two traces" className="w-full">
        <thead>
          <tr className="h-7 text-sm text-faint">
            <th scope="col" className="text-left font-medium">
              Trace
            </th>
            {figures.map(([title]) => (
              <th key={title} scope="col" className="px-3 text-right font-medium whitespace-nowrap">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Head letter="A" trace={a} figures={figures.map(([title, value]) => [title, value])} />
          <Head letter="B" trace={b} figures={figures.map(([title, , value]) => [title, value])} />
          <tr className="h-8 text-soft">
            <th scope="row" className="text-left font-normal">
              Difference
            </th>
            {figures.map(([title, , , difference]) => (
              <td key={title} className="tabular px-3 text-right">
                {difference ?? <span className="text-faint">–</span>}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}

function Head({ letter, trace, figures }: { letter: string; trace: Trace; figures: [string, ReactNode][] }) {
  const project = useProject()
  return (
    <tr className="h-8 border-b border-line">
      <th scope="row" className="max-w-72 text-left font-normal">
        <span className="flex items-center gap-2.5">
          <span className="flex size-5 shrink-0 items-center justify-center rounded-sm bg-surface-2 text-sm font-semibold">{letter}</span>
          <Link
            to="/p/$project/traces/$traceId"
            params={{ project, traceId: trace.traceId }}
            className="truncate font-medium hover:text-accent hover:underline"
          >
            {trace.name || 'unnamed'}
          </Link>
          <Status status={trace.status} quiet />
          <span className="whitespace-nowrap text-faint">
            <Ago time={trace.startedAt} />
          </span>
        </span>
      </th>
      {figures.map(([title, value]) => (
        <td key={title} className="tabular px-3 text-right">
          {value}
        </td>
      ))}
    </tr>
  )
}
