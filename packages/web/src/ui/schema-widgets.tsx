import { allows, MovableLabel, Permission } from '@signalbox/schema'
import { useState } from 'react'
import { Checkbox } from './checkbox.tsx'
import { HeaderLines } from './header-lines.tsx'
import { Input } from './input.tsx'
import { type Given, Labelled } from './labelled.tsx'
import { SecretList } from './secret-list.tsx'
import { type Choice, Select } from './select.tsx'

type Props = {
  kind: string
  title: string
  name: string
  /** For a control that has a label outside. */
  given: Given
  value: unknown
  choices: readonly Choice<string>[]
  granted: readonly string[] | undefined
  onChange: (value: unknown) => void
}

/** The control of a field that is more than a box for text. */
export default function SchemaWidget({ kind, title, name, given, value, choices, granted, onChange }: Props) {
  if (kind === 'permissions')
    return <Permissions label={title} value={(value as string[] | undefined) ?? []} granted={granted} onChange={onChange} />
  if (kind === 'expiry') return <Expiry onChange={onChange} label={title} />
  if (kind === 'headers') return <HeaderLines {...given} name={name} onChange={onChange} />
  if (kind === 'secrets') return <SecretList title={title} given={given} onChange={onChange} />
  return <Select label={title} value={String(value ?? '')} choices={choices} onChange={onChange} />
}

const PERMISSION_WORDS: Record<Permission, string> = {
  '*': 'Everything in this project',
  'gateway:call': 'Call models',
  'traces:read': 'Read traces',
  'traces:write': 'Send traces',
  'traces:delete': 'Delete traces',
  'sql:read': 'Read traces with SQL',
  'scores:write': 'Send scores',
  'keys:read': 'See keys',
  'keys:own': 'Create and revoke own keys',
  'keys:write': 'Create and revoke all keys',
  'providers:read': 'See providers and models',
  'providers:write': 'Change providers',
  'models:read': 'See models',
  'models:write': 'Change models',
  'cache:read': 'See the cache',
  'cache:write': 'Empty the cache',
  'budgets:read': 'See budgets',
  'budgets:write': 'Change budgets',
  'dashboards:read': 'See dashboards',
  'dashboards:write': 'Make and change dashboards',
  'prompts:read': 'See prompts',
  'prompts:write': 'Write prompts',
  'prompts:promote': 'Move labels of prompts',
  'prompts:protect': 'Move and set up protected labels',
  'datasets:read': 'See datasets',
  'datasets:write': 'Make and change datasets',
  'datasets:unseal': 'Open the holdout of datasets',
  'experiments:read': 'See experiments',
  'experiments:write': 'Run experiments, and pin baselines',
  'evaluators:read': 'See evaluators',
  'evaluators:write': 'Make, change and try evaluators',
  'reviews:read': 'See review queues and what they came to',
  'reviews:answer': 'Answer items of review queues',
  'reviews:write': 'Make and change review queues',
  'reviews:adjudicate': 'Decide where reviewers do not agree',
  'config:read': 'See the configuration',
  'config:write': 'Apply a configuration',
  'members:read': 'See members and invitations',
  'members:write': 'Invite and change members',
  'teams:read': 'See teams',
  'teams:write': 'Change teams',
  'projects:read': 'See projects',
  'projects:write': 'Change projects',
  'system:read': 'See the state of the server',
  'system:write': 'Replay and discard dead letters',
  'metrics:read': 'Read /metrics',
}

type PermissionsProps = { label: string; value: string[]; granted: readonly string[] | undefined; onChange: (value: string[]) => void }
function Permissions({ label, value, granted = ['*'], onChange }: PermissionsProps) {
  const all = value.includes('*')
  const toggle = (permission: string, on: boolean) =>
    onChange(on ? (permission === '*' ? ['*'] : [...value, permission]) : value.filter((one) => one !== permission))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame of its own.
    <div role="group" aria-label={label} className="grid grid-cols-2 gap-x-4 rounded-md border border-line p-2">
      {Permission.options.map((permission) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the control is the checkbox inside.
        <label key={permission} data-tip={permission} className="flex min-h-7 items-center gap-2">
          <Checkbox
            label={`${PERMISSION_WORDS[permission]} (${permission})`}
            checked={all || value.includes(permission)}
            disabled={!allows(granted, permission)}
            onChange={(on) => toggle(permission, on)}
          />
          {PERMISSION_WORDS[permission]}
        </label>
      ))}
      <LabelScopes value={value} disabled={all || !allows(granted, 'prompts:protect')} onChange={onChange} />
    </div>
  )
}

const PROMOTE = 'prompt:promote:'
/** Labels of prompts that the key may move and nothing else of them, also where they are protected by role: what a pipeline is given. */
function LabelScopes({ value, disabled, onChange }: Pick<PermissionsProps, 'value' | 'onChange'> & { disabled: boolean }) {
  const given = value.filter((scope) => scope.startsWith(PROMOTE))
  const [text, setText] = useState(given.map((scope) => scope.slice(PROMOTE.length)).join(', '))
  const labels = text.split(/[\s,]+/).filter(Boolean)
  const wrong = labels.filter((label) => !MovableLabel.safeParse(label).success)
  return (
    <div className="col-span-2 mt-1 border-t border-line pt-2">
      <Labelled
        title="Move these labels of prompts, and no others"
        aside="optional"
        help="Also where a label is protected by role. For a pipeline: production, staging"
        problem={wrong.length > 0 ? `${wrong.join(', ')} cannot be a label` : undefined}
      >
        {(control) => (
          <Input
            {...control}
            value={text}
            disabled={disabled}
            spellCheck={false}
            className="font-mono text-sm"
            onChange={({ target }) => {
              setText(target.value)
              const next = target.value.split(/[\s,]+/).filter((label) => MovableLabel.safeParse(label).success)
              onChange([...value.filter((scope) => !scope.startsWith(PROMOTE)), ...new Set(next.map((label) => `${PROMOTE}${label}`))])
            }}
          />
        )}
      </Labelled>
    </div>
  )
}

const EXPIRY = [
  { value: '0', label: 'Never' },
  { value: '1', label: 'In a day' },
  { value: '7', label: 'In a week' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]
function Expiry({ onChange, label }: { onChange: (value: string | undefined) => void; label: string }) {
  const [days, setDays] = useState('0')
  return (
    <Select
      label={label}
      value={days}
      choices={EXPIRY}
      onChange={(next) => {
        setDays(next)
        onChange(next === '0' ? undefined : new Date(Date.now() + Number(next) * 86_400_000).toISOString())
      }}
    />
  )
}
