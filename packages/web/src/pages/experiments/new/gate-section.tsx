import { Plus, X } from 'lucide-react'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { metricTitle, PASS } from '../words/verdict-words.ts'
import { type DraftRule, nextKey, variantsOf } from './draft.ts'
import { ruleSentence } from './rule-words.ts'
import { Problem, Section, type SectionProps } from './section.tsx'

const RULES: { value: DraftRule['rule']; label: string }[] = [
  { value: 'noninferior', label: 'may not be worse by' },
  { value: 'better', label: 'must be better' },
  { value: 'min', label: 'must be at least' },
]

/** What must hold so that a variant may take the place of the baseline. */
export function GateSection({ draft, problems, onChange }: SectionProps) {
  const variants = variantsOf(draft)
  const { rules, vs } = draft
  const set = (key: number, next: Partial<DraftRule>) =>
    onChange({ rules: rules.map((one) => (one.key === key ? { ...one, ...next } : one)) })
  const metrics = [
    ...new Set([PASS, ...draft.evaluators.map(({ id, name }) => name.trim() || id).filter(Boolean), ...rules.map(({ metric }) => metric)]),
  ]
  return (
    <Section
      title="Gate"
      says="What must hold so that a variant may take the place of the baseline. The rows decide, with how sure they are."
    >
      <Labelled
        title="Held against"
        help="A variant of this experiment; or what is pinned as the baseline of experiments of this name, where there is one."
        problem={problems.gate}
      >
        {() => (
          <NativeSelect
            label="Held against"
            value={variants.some(({ id }) => id === vs) ? vs : ''}
            choices={[
              { value: '', label: 'the pinned baseline' },
              ...(variants.length > 1 ? variants : []).map(({ id }) => ({ value: id, label: id })),
            ]}
            onChange={(next) => onChange({ vs: next })}
          />
        )}
      </Labelled>
      <ul className="flex flex-col gap-3">
        {rules.map(({ key, metric, rule, amount }, at) => (
          <li key={key}>
            <div className="flex flex-wrap items-center gap-1.5">
              <NativeSelect
                label={`Metric of rule ${at + 1}`}
                value={metric}
                choices={metrics.map((one) => ({ value: one, label: metricTitle(one) }))}
                onChange={(next) => set(key, { metric: next })}
                className="w-48"
              />
              <NativeSelect
                label={`Rule ${at + 1}`}
                value={rule}
                choices={RULES}
                onChange={(next) => set(key, { rule: next })}
                className="w-48"
              />
              {rule !== 'better' && (
                <Input
                  aria-label={`Amount of rule ${at + 1}`}
                  inputMode="decimal"
                  value={amount}
                  onChange={({ target }) => set(key, { amount: target.value })}
                  placeholder={rule === 'min' ? '0.9' : '0.02'}
                  className="max-w-24 font-mono text-sm"
                  {...(problems[`rules.${key}`] && { 'aria-invalid': true })}
                />
              )}
              <IconButton
                label={`Take out rule ${at + 1}`}
                size="small-icon"
                onClick={() => onChange({ rules: rules.filter((one) => one.key !== key) })}
              >
                <X size={14} />
              </IconButton>
            </div>
            <p className="mt-1 text-sm text-soft">{ruleSentence({ metric, rule, amount }, vs)}</p>
            <Problem>{problems[`rules.${key}`]}</Problem>
          </li>
        ))}
      </ul>
      <div>
        <Button
          size="small"
          onClick={() => onChange({ rules: [...rules, { key: nextKey(rules), metric: PASS, rule: 'noninferior', amount: '' }] })}
        >
          <Plus size={13} aria-hidden /> Add a rule
        </Button>
        {rules.length === 0 && (
          <p className="mt-1 text-sm text-faint">
            None: against a baseline nothing may be worse by 2 points or more; without one every row must pass. Items with the tag
            “critical” must pass in any case, each of them.
          </p>
        )}
      </div>
    </Section>
  )
}
