import { FilterOp } from '@signalbox/schema'
import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { OPERATOR_TITLES } from '../../lib/filter-search.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import type { Problems } from '../../ui/save-form.tsx'
import { Select } from '../../ui/select.tsx'
import { type ConditionDraft, newKey, newRule, type RuleDraft } from './alias-draft.ts'
import { dropPlace, MoveHandle, moved } from './move-handle.tsx'
import { TargetList } from './target-list.tsx'

type Props = {
  rules: readonly RuleDraft[]
  onChange: (rules: RuleDraft[]) => void
  providers: readonly string[]
  models: readonly string[]
  problems: Problems
}

/** Rules in their order: the first whose conditions all hold decides. */
export function RuleList({ rules, onChange, providers, models, problems }: Props) {
  const change = (at: number, next: Partial<RuleDraft>) =>
    onChange(rules.map((rule, place) => (place === at ? { ...rule, ...next } : rule)))
  const move = (from: number, to: number) => onChange(moved(rules, from, to))
  return (
    <div className="flex flex-col gap-2">
      <ol aria-label="Rules" className="flex flex-col gap-2">
        {rules.map((rule, at) => (
          <li key={rule.key} {...dropPlace(at, move)} className="rounded-md border border-line p-2">
            <div className="mb-2 flex items-center gap-1.5">
              <MoveHandle label={`rule ${at + 1}`} at={at} count={rules.length} onMove={move} />
              <Input
                aria-label={`Name of rule ${at + 1}`}
                placeholder={`Rule ${at + 1}`}
                value={rule.name}
                onChange={(event) => change(at, { name: event.target.value })}
                className="flex-1"
              />
              <IconButton
                label={`Remove rule ${at + 1}`}
                size="small-icon"
                onClick={() => onChange(rules.filter((_, place) => place !== at))}
              >
                <X size={14} />
              </IconButton>
            </div>
            <Conditions
              label={`rule ${at + 1}`}
              path={`rules.${at}.if`}
              conditions={rule.if}
              problems={problems}
              onChange={(conditions) => change(at, { if: conditions })}
            />
            <p className="mt-2 mb-1 text-sm text-faint">Then to</p>
            <TargetList
              label={`Targets of rule ${at + 1}`}
              path={`rules.${at}.targets`}
              targets={rule.targets}
              strategy="rules"
              providers={providers}
              models={models}
              problems={problems}
              onChange={(targets) => change(at, { targets })}
            />
          </li>
        ))}
      </ol>
      <div>
        <Button size="small" onClick={() => onChange([...rules, newRule(providers[0])])}>
          <Plus size={13} aria-hidden /> Add a rule
        </Button>
      </div>
    </div>
  )
}

const FIELDS = [
  'metadata.plan',
  'header.x-plan',
  'inputTokens',
  'maxTokens',
  'tools',
  'modality',
  'stream',
  'user',
  'session',
  'environment',
  'tags',
  'key',
  'team',
  'budgetLeft',
  'hour',
]

type ConditionsProps = {
  label: string
  path: string
  conditions: readonly ConditionDraft[]
  problems: Problems
  onChange: (conditions: ConditionDraft[]) => void
}
function Conditions({ label, path, conditions, problems, onChange }: ConditionsProps) {
  const known = useId()
  const change = (at: number, next: Partial<ConditionDraft>) =>
    onChange(conditions.map((condition, place) => (place === at ? { ...condition, ...next } : condition)))
  return (
    <div className="flex flex-col gap-1.5 pl-8">
      {conditions.map((condition, at) => {
        const name = `condition ${at + 1} of ${label}`
        const said = Object.entries(problems).find(([place]) => place.startsWith(`${path}.${at}`))?.[1]
        return (
          <div key={condition.key}>
            <div className="flex items-center gap-1.5">
              <span className="w-8 text-sm text-faint">{at === 0 ? 'If' : 'and'}</span>
              <Input
                aria-label={`Field of ${name}`}
                value={condition.field}
                list={known}
                onChange={(event) => change(at, { field: event.target.value })}
                autoComplete="off"
                spellCheck={false}
                className="flex-1 font-mono text-sm"
              />
              <Select
                label={`Operator of ${name}`}
                value={condition.op}
                choices={FilterOp.options.map((op) => ({ value: op, label: OPERATOR_TITLES[op] }))}
                onChange={(op) => change(at, { op })}
                className="w-28 shrink-0"
              />
              <Input
                aria-label={`Value of ${name}`}
                value={condition.value}
                placeholder={condition.op === 'in' ? 'one, two' : condition.op === 'exists' ? 'yes' : 'value'}
                onChange={(event) => change(at, { value: event.target.value })}
                autoComplete="off"
                className="flex-1"
              />
              <IconButton
                label={`Remove ${name}`}
                size="small-icon"
                disabled={conditions.length < 2}
                onClick={() => onChange(conditions.filter((_, place) => place !== at))}
              >
                <X size={14} />
              </IconButton>
            </div>
            {said && (
              <p role="alert" className="mt-1 pl-9 text-sm text-error">
                {said}
              </p>
            )}
          </div>
        )
      })}
      <datalist id={known}>
        {FIELDS.map((field) => (
          <option key={field} value={field} />
        ))}
      </datalist>
      <div className="pl-9">
        <Button
          kind="ghost"
          size="small"
          onClick={() => onChange([...conditions, { key: newKey(), field: 'inputTokens', op: 'gte', value: '' }])}
        >
          <Plus size={13} aria-hidden /> and
        </Button>
      </div>
    </div>
  )
}
