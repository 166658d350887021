import type { Strategy } from '@signalbox/schema'
import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import type { Problems } from '../../ui/save-form.tsx'
import { readNumber } from '../../ui/schema-fields.tsx'
import { Select } from '../../ui/select.tsx'
import { newTarget, type TargetDraft } from './alias-draft.ts'
import { dropPlace, MoveHandle, moved } from './move-handle.tsx'
import { STRATEGIES } from './strategies.ts'

type Props = {
  /** Read aloud, where there are several lists. */
  label: string
  targets: readonly TargetDraft[]
  onChange: (targets: TargetDraft[]) => void
  strategy: Strategy
  providers: readonly string[]
  /** Models that calls of the project already went to. */
  models: readonly string[]
  problems: Problems
  /** Where the list stands in the form: `targets`, `rules.0.targets`. */
  path: string
}

/** Targets in their order: provider, model, and what the strategy reads of each. */
export function TargetList({ label, targets, onChange, strategy, providers, models, problems, path }: Props) {
  const known = useId()
  const change = (at: number, next: Partial<TargetDraft>) =>
    onChange(targets.map((target, place) => (place === at ? clean({ ...target, ...next } as TargetDraft) : target)))
  const move = (from: number, to: number) => onChange(moved(targets, from, to))
  const weighs = STRATEGIES[strategy].weighs ?? false
  return (
    <div className="flex flex-col gap-2">
      <ol aria-label={label} className="flex flex-col gap-1.5">
        {targets.map((target, at) => {
          const name = `target ${at + 1}`
          const said = Object.entries(problems).filter(([place]) => place.startsWith(`${path}.${at}.`))
          return (
            <li key={target.key} {...dropPlace(at, move)}>
              <div className="flex items-center gap-1.5">
                <MoveHandle label={name} at={at} count={targets.length} onMove={move} />
                <Select
                  label={`Provider of ${name}`}
                  value={target.provider}
                  choices={withCurrent(providers, target.provider).map((provider) => ({ value: provider, label: provider || 'Provider' }))}
                  onChange={(provider) => change(at, { provider })}
                  className="w-36 shrink-0"
                />
                <Input
                  aria-label={`Model of ${name}`}
                  placeholder="Model, as the provider calls it"
                  value={target.model}
                  list={known}
                  onChange={(event) => change(at, { model: event.target.value })}
                  aria-invalid={problems[`${path}.${at}.model`] ? true : undefined}
                  autoComplete="off"
                  spellCheck={false}
                  className="flex-1 font-mono text-sm"
                />
                {weighs && (
                  <Input
                    aria-label={`Weight of ${name}`}
                    placeholder="1"
                    data-tip="Weight; 1 where it is empty"
                    inputMode="decimal"
                    value={String(target.weight ?? '')}
                    onChange={(event) => change(at, { weight: event.target.value === '' ? undefined : readNumber(event.target.value) })}
                    className="max-w-16 text-right font-mono text-sm"
                  />
                )}
                {strategy === 'complexity' && (
                  <Select
                    label={`Calls for ${name}`}
                    value={String(target.tier ?? '')}
                    choices={[
                      { value: '', label: 'any' },
                      { value: 'easy', label: 'easy' },
                      { value: 'hard', label: 'hard' },
                    ]}
                    onChange={(tier) => change(at, { tier: tier || undefined })}
                    className="w-20 shrink-0"
                  />
                )}
                <Input
                  aria-label={`Region of ${name}`}
                  placeholder="region"
                  value={String(target.region ?? '')}
                  onChange={(event) => change(at, { region: event.target.value || undefined })}
                  autoComplete="off"
                  className="max-w-20"
                />
                <IconButton
                  label={`Remove ${name}`}
                  size="small-icon"
                  disabled={targets.length < 2}
                  onClick={() => onChange(targets.filter((_, place) => place !== at))}
                >
                  <X size={14} />
                </IconButton>
              </div>
              {said.map(([place, text]) => (
                <p key={place} role="alert" className="mt-1 pl-8 text-sm text-error">
                  {place.slice(`${path}.${at}.`.length)}: {text}
                </p>
              ))}
            </li>
          )
        })}
      </ol>
      <datalist id={known}>
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <div>
        <Button size="small" onClick={() => onChange([...targets, newTarget(targets.at(-1)?.provider || providers[0])])}>
          <Plus size={13} aria-hidden /> Add a target
        </Button>
      </div>
    </div>
  )
}

const clean = (target: TargetDraft): TargetDraft =>
  Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined)) as TargetDraft

/** A provider that is gone stays to be seen, and to be changed. */
const withCurrent = (providers: readonly string[], current: string): readonly string[] =>
  providers.includes(current) ? providers : [current, ...providers]
