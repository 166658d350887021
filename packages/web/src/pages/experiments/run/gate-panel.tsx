import type { ExperimentDetail, ExperimentGate } from '@signalbox/schema'
import { Panel } from '../../../ui/panel.tsx'
import { GateBadge } from '../experiment-state.tsx'

/** What a gate lets through and what not, rule by rule. */
export function GatePanel({ gate, definition }: { gate: ExperimentGate; definition: ExperimentDetail['definition'] }) {
  return (
    <Panel
      title="Gate"
      description={
        definition?.gate
          ? 'All of it must hold. What can neither be shown nor ruled out is inconclusive, and no pass.'
          : 'None was set up: against a baseline nothing may be worse by 2 points or more; without one every row must pass.'
      }
      actions={<GateBadge outcome={gate.outcome} />}
    >
      <ul>
        {gate.findings.map(({ name, outcome, message }) => (
          <li key={`${name} ${message}`} className="flex items-start gap-3 border-b border-line px-3 py-1.5 last:border-b-0">
            <span className="w-32 shrink-0">
              <GateBadge outcome={outcome} />
            </span>
            <span className="w-64 shrink-0 break-words">{name}</span>
            <span className="min-w-0 text-soft">{message}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
