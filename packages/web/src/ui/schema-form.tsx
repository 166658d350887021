import { allows, Permission } from '@signalbox/schema'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { z } from 'zod'
import { Button } from './button.tsx'
import { Checkbox } from './checkbox.tsx'
import { ErrorNote } from './error-note.tsx'
import { HeaderLines } from './header-lines.tsx'
import { Input } from './input.tsx'
import { type Choice, Select } from './select.tsx'

type Values = Record<string, unknown>
type Meta = { title?: string; description?: string; widget?: string }
type Shows = (field: string, values: Values) => boolean
type Props<S extends z.ZodObject> = {
  /** Title, description and widget of each field come from its `meta`. */
  schema: S
  initial?: Partial<z.input<S>>
  submitLabel: string
  onSubmit: (value: z.output<S>) => Promise<unknown>
  onCancel?: () => void
  autoComplete?: Record<string, string>
  /** Which fields belong to what was entered so far; what is not shown is not sent. */
  shows?: Shows
  /** Said instead of the description of a field. */
  help?: Record<string, string>
  /** What a field can be chosen from, where that is known only here. An empty value means "not given". */
  choices?: Record<string, readonly Choice<string>[]>
  /** Permissions that can be given; the others cannot be ticked. */
  granted?: readonly string[]
  children?: ReactNode
}

/** A form that follows from a schema: labels, help, widgets, defaults and messages are said once, there. */
export function SchemaForm<S extends z.ZodObject>({
  schema,
  initial,
  submitLabel,
  onSubmit,
  onCancel,
  autoComplete = {},
  shows = () => true,
  help = {},
  choices = {},
  granted,
  children,
}: Props<S>) {
  const [values, setValues] = useState<Values>(() => ({ ...defaults(schema), ...initial }))
  const [problems, setProblems] = useState<Record<string, string>>({})
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })

  async function submit(event: FormEvent) {
    event.preventDefault()
    const sent = Object.fromEntries(Object.entries(withoutEmpty(values)).filter(([name]) => shows(name, values)))
    const parsed = schema.safeParse(sent)
    if (!parsed.success) {
      const found = Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0] ?? ''), issue.message]).reverse())
      setProblems(found)
      const first = Object.keys(schema.shape).find((name) => name in found)
      if (first) (event.target as HTMLFormElement).querySelector<HTMLElement>(`[name="${first}"]`)?.focus()
      return
    }
    setProblems({})
    setState({ busy: true, error: null })
    try {
      await onSubmit(parsed.data as z.output<S>)
      setState({ busy: false, error: null })
    } catch (error) {
      setState({ busy: false, error })
    }
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {Object.entries(schema.shape)
        .filter(([name]) => shows(name, values))
        .map(([name, field]) => (
          <Field
            key={name}
            name={name}
            field={field as z.ZodType}
            value={values[name]}
            problem={problems[name]}
            autoComplete={autoComplete[name]}
            help={help[name]}
            choices={choices[name]}
            granted={granted}
            onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
          />
        ))}
      {children}
      {state.error !== null && <ErrorNote error={state.error} />}
      <div className="flex justify-end gap-2">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button kind="primary" type="submit" disabled={state.busy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  )
}

type FieldProps = {
  name: string
  field: z.ZodType
  value: unknown
  problem: string | undefined
  autoComplete: string | undefined
  help: string | undefined
  choices: readonly Choice<string>[] | undefined
  granted: readonly string[] | undefined
  onChange: (value: unknown) => void
}

function Field({ name, field, value, problem, autoComplete, help, choices, granted, onChange }: FieldProps) {
  const id = useId()
  const { title = name, description: said, widget } = (field.meta() ?? {}) as Meta
  const description = help ?? said
  const json = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as { type?: string; format?: string; enum?: string[] }
  const optional = field.safeParse(undefined).success
  const kind = choices ? 'choice' : (widget ?? (json.format === 'date-time' ? 'expiry' : json.enum ? 'choice' : 'text'))
  const described = [description && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div>
      <label htmlFor={id} id={`${id}-label`} className="mb-1 block font-medium">
        {title} {optional && kind !== 'permissions' && <span className="font-normal text-faint">(optional)</span>}
      </label>
      {kind === 'permissions' ? (
        <Permissions value={(value as string[] | undefined) ?? []} granted={granted} onChange={onChange} labelledBy={`${id}-label`} />
      ) : kind === 'expiry' ? (
        <Expiry onChange={onChange} label={title} />
      ) : kind === 'choice' ? (
        <Select
          label={title}
          value={String(value ?? '')}
          choices={choices ?? (json.enum ?? []).map((choice) => ({ value: choice, label: choice }))}
          onChange={onChange}
        />
      ) : kind === 'headers' ? (
        <HeaderLines
          id={id}
          name={name}
          onChange={onChange}
          aria-invalid={problem ? true : undefined}
          aria-describedby={described || undefined}
        />
      ) : (
        <Input
          id={id}
          name={name}
          type={kind === 'password' ? 'password' : json.format === 'email' ? 'email' : 'text'}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={problem ? true : undefined}
          aria-describedby={described || undefined}
          autoComplete={autoComplete ?? (kind === 'password' ? 'new-password' : 'off')}
          spellCheck={false}
        />
      )}
      {description && (
        <p id={`${id}-help`} className="mt-1 text-sm text-faint">
          {description}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-sm text-error">
          {problem}
        </p>
      )}
    </div>
  )
}

const PERMISSION_WORDS: Record<Permission, string> = {
  '*': 'Everything in this project',
  'gateway:call': 'Call models',
  'traces:read': 'Read traces',
  'traces:write': 'Send traces',
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

type PermissionsProps = { value: string[]; granted: readonly string[] | undefined; onChange: (value: string[]) => void; labelledBy: string }
function Permissions({ value, granted = ['*'], onChange, labelledBy }: PermissionsProps) {
  const all = value.includes('*')
  const toggle = (permission: string, on: boolean) =>
    onChange(on ? (permission === '*' ? ['*'] : [...value, permission]) : value.filter((one) => one !== permission))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame of its own.
    <div role="group" aria-labelledby={labelledBy} className="grid grid-cols-2 gap-x-4 rounded-md border border-line p-2">
      {Permission.options.map((permission) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the control is the checkbox inside.
        <label key={permission} data-tip={permission} className="flex h-7 items-center gap-2">
          <Checkbox
            label={`${PERMISSION_WORDS[permission]} (${permission})`}
            checked={all || value.includes(permission)}
            disabled={!allows(granted, permission)}
            onChange={(on) => toggle(permission, on)}
          />
          {PERMISSION_WORDS[permission]}
        </label>
      ))}
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

function defaults(schema: z.ZodObject): Values {
  return Object.fromEntries(
    Object.entries(schema.shape).flatMap(([name, field]) => {
      const found = (field as z.ZodType).safeParse(undefined)
      return found.success && found.data !== undefined ? [[name, found.data]] : []
    }),
  )
}

/** An empty box means "not given". */
const withoutEmpty = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== undefined))
