import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { z } from 'zod'
import { Tick } from './checkbox.tsx'
import { Input } from './input.tsx'
import { toJSONSchema } from './json-schema.ts'
import { type Given, Labelled } from './labelled.tsx'
import { problemsOf, type Read, SaveForm } from './save-form.tsx'
import type { Choice } from './select.tsx'

/** Loaded when a field needs it: most forms are boxes for text. */
const SchemaWidget = lazy(() => import('./schema-widgets.tsx'))

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
  /** Fields of which something is stored that is not shown: it can be taken away. */
  stored?: readonly string[]
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
  stored = [],
  help = {},
  choices = {},
  granted,
  children,
}: Props<S>) {
  const [values, setValues] = useState<Values>(() => ({ ...defaults(schema), ...initial }))

  function read(): Read {
    const sent = Object.fromEntries(Object.entries(withoutEmpty(values)).filter(([name]) => shows(name, values)))
    const { data, error } = schema.safeParse(sent)
    return error ? { problems: problemsOf(error, { top: true }) } : { send: () => onSubmit(data as z.output<S>) }
  }

  return (
    <SaveForm submitLabel={submitLabel} onCancel={onCancel} read={read}>
      {(problems) => (
        <>
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
                isStored={stored.includes(name)}
                onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
              />
            ))}
          {children}
        </>
      )}
    </SaveForm>
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
  isStored: boolean
  onChange: (value: unknown) => void
}

function Field({ name, field, value, problem, autoComplete, help, choices, granted, isStored, onChange }: FieldProps) {
  const { title = name, description, widget } = (field.meta() ?? {}) as Meta
  const json = toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as { type?: string; format?: string; enum?: string[] }
  const optional = field.safeParse(undefined).success
  const kind = choices ? 'choice' : (widget ?? (json.format === 'date-time' ? 'expiry' : json.enum ? 'choice' : 'text'))
  const isPlain = kind === 'text' || kind === 'password'
  const choose = choices ?? (json.enum ?? []).map((choice) => ({ value: choice, label: choice }))
  const control = (given: Given) =>
    isPlain ? (
      <Input
        {...given}
        name={name}
        type={kind === 'password' ? 'password' : json.format === 'email' ? 'email' : 'text'}
        value={String(value ?? '')}
        onChange={(event) => onChange(event.target.value)}
        autoComplete={autoComplete ?? (kind === 'password' ? 'new-password' : 'off')}
        spellCheck={false}
      />
    ) : (
      <Suspense fallback={<div className="h-8" />}>
        <SchemaWidget {...{ kind, title, name, given, value, choices: choose, granted, onChange }} />
      </Suspense>
    )
  return (
    <div>
      <Labelled title={title} aside={optional && kind !== 'permissions' && 'optional'} help={help ?? description} problem={problem}>
        {(given) => value !== null && control(given)}
      </Labelled>
      {isStored && (
        <div className="mt-1">
          <Tick checked={value === null} onChange={(on) => onChange(on ? null : undefined)}>
            Take away what is stored
          </Tick>
        </div>
      )}
    </div>
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
