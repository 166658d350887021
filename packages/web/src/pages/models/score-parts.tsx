import type { ComplexityScore } from '@signalbox/schema'
import { classNames } from '../../lib/class-names.ts'
import { Panel } from '../../ui/panel.tsx'

/** How hard a request looks, from 0 to 1, and what makes it so: every point has its reason. */
export function ScoreParts({ complexity }: { complexity: ComplexityScore }) {
  const { score, parts } = complexity
  return (
    <Panel title="Complexity" description="How hard the request looks, without asking any model. 0 is easy, 1 is hard.">
      <div className="px-4 py-3">
        <div className="flex items-center gap-3">
          <span className="text-xl font-semibold tabular-nums">{score.toFixed(2)}</span>
          <div className="relative h-2 flex-1 rounded-sm bg-surface-2" aria-hidden>
            <div className="absolute inset-y-0 left-0 rounded-sm bg-mark-1" style={{ width: `${Math.min(1, score) * 100}%` }} />
          </div>
        </div>
        {parts.length === 0 ? (
          <p className="mt-2 text-faint">Nothing in it counts as hard.</p>
        ) : (
          <table className="mt-2 w-full" aria-label="Points">
            <tbody>
              {parts.map(({ name, points, because }) => (
                <tr key={name} className="h-7">
                  <th scope="row" className="w-28 pr-3 text-left font-normal">
                    {name}
                  </th>
                  <td className="w-24 pr-3" aria-hidden>
                    <div className="h-1.5 rounded-sm bg-surface-2">
                      <div
                        className={classNames('h-full rounded-sm', points < 0 ? 'bg-mark-3' : 'bg-mark-1')}
                        style={{ width: `${Math.min(1, Math.abs(points) / 0.6) * 100}%` }}
                      />
                    </div>
                  </td>
                  <td className="tabular w-14 pr-3 text-right">
                    {points < 0 ? '−' : '+'}
                    {Math.abs(points).toFixed(2)}
                  </td>
                  <td className="text-sm text-soft">{because}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Panel>
  )
}
