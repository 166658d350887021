import type { Output } from '@signalbox/sdk'
import { CircleArrowRight, CircleCheck, CircleSlash, Info, Split } from 'lucide-react'
import { classNames } from '../../lib/class-names.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Money } from '../../ui/values.tsx'
import { ScoreParts } from './score-parts.tsx'

type Result = Output<'models.simulate'>
type Step = Result['targets'][number]

const PLACES = {
  chosen: { icon: CircleCheck, word: 'chosen', colour: 'text-ok' },
  next: { icon: CircleArrowRight, word: 'next', colour: 'text-soft' },
  skipped: { icon: CircleSlash, word: 'left out', colour: 'text-faint' },
} as const

/** Where a request would go: the target, what follows when it fails, what is left out, each with its reason. */
export function SimulatedDecision({ model, result }: { project: string; model: string; result: Result }) {
  const { decision, variant, facts, targets, unknown } = result
  const chosen = targets.find(({ place }) => place === 'chosen')
  return (
    <>
      <Panel>
        <div className="px-4 py-3">
          <p className="text-soft">
            <span className="font-mono text-sm text-text">{model}</span> would go to
          </p>
          <p className="mt-0.5 flex flex-wrap items-center gap-2 text-lg font-semibold">
            {chosen ? (
              <span className="font-mono">
                {chosen.provider}/{chosen.model}
              </span>
            ) : (
              <span className="text-warning">no target</span>
            )}
            {variant && (
              <Badge
                tone="accent"
                icon={<Split size={12} aria-hidden />}
                tip={`${variant.arm} of the split ${variant.split}, ${Number((variant.propensity * 100).toFixed(2))}% of the calls`}
              >
                {variant.split}: {variant.arm}
              </Badge>
            )}
          </p>
          <p className="text-soft">{decision.reason}</p>
        </div>
        <ol aria-label="Steps" className="border-t border-line">
          {targets.map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same target may stand there twice.
            <StepRow key={at} step={step} at={at} />
          ))}
        </ol>
        <p className="flex items-start gap-2 border-t border-line bg-surface-0 px-4 py-2 text-sm text-faint">
          <Info size={13} className="mt-0.5 shrink-0" aria-hidden /> {unknown}
        </p>
      </Panel>
      <ScoreParts complexity={facts.complexity} />
      <Panel title="What the request is like">
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[auto_1fr_auto_1fr]">
          {[
            ['Input', `about ${formatCount(facts.inputTokens)} tokens`],
            ['Most output', facts.maxTokens === null ? 'not limited' : `${formatCount(facts.maxTokens)} tokens`],
            ['Tools', formatCount(facts.tools)],
            ['Modalities', facts.modalities.join(', ') || 'text'],
            ['Streamed', facts.stream ? 'yes' : 'no'],
            ['Region', facts.region ?? 'any'],
            ['Strategy', decision.strategy],
          ].map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-faint">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </>
  )
}

function StepRow({ step, at }: { step: Step; at: number }) {
  const { icon: Icon, word, colour } = PLACES[step.place]
  return (
    <li
      className={classNames(
        'flex items-start gap-3 border-b border-line px-4 py-2 last:border-b-0',
        step.place === 'skipped' && 'text-faint',
      )}
    >
      <span className="tabular w-4 pt-px text-right text-faint">{step.place === 'skipped' ? '' : at + 1}</span>
      <span className={classNames('flex w-20 shrink-0 items-center gap-1', colour)}>
        <Icon size={14} aria-hidden /> {word}
      </span>
      <span className="min-w-0 flex-1">
        <span className={classNames('block truncate font-mono text-sm', step.place === 'chosen' && 'font-medium')}>
          {step.provider}/{step.model}
        </span>
        <span className="block text-sm text-soft">{step.reason}</span>
      </span>
      <span className="tabular shrink-0 text-right" data-tip="What the call would cost, by list prices">
        {step.place === 'skipped' ? '' : <Money usd={step.estimatedCostUsd} />}
      </span>
    </li>
  )
}
