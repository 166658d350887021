import type { z } from 'zod'
import { classNames } from '../lib/class-names.ts'
import { Chosen } from './chosen.tsx'
import { Input } from './input.tsx'
import { toJSONSchema } from './json-schema.ts'
import { Labelled } from './labelled.tsx'

type Values = Readonly<Record<string, unknown>>
type Props = {
  /** A flat object of numbers, texts and choices. What of it is anything else is left to others. */
  schema: z.ZodObject
  values: Values
  onChange: (values: Record<string, unknown>) => void
  /** Words for the fields; the name in words where there is none. */
  titles?: Record<string, string>
  /** Only these fields, in this order. */
  only?: readonly string[]
  /** By field. */
  problems?: Record<string, string | undefined>
  className?: string
}

/** Fields that follow from a schema, as a part of a form: help and defaults are said there. An emptied field is left out. */
export function SchemaFields({ schema, values, onChange, titles = {}, only, problems = {}, className }: Props) {
  const names = only ?? Object.keys(schema.shape)
  return (
    <div className={classNames('grid grid-cols-2 items-start gap-x-3 gap-y-3', className)}>
      {names.map((name) => (
        <Field
          key={name}
          title={titles[name] ?? inWords(name)}
          schema={schema.shape[name] as z.ZodType}
          value={values[name]}
          problem={problems[name]}
          onChange={(value) => {
            const { [name]: _, ...others } = values
            onChange(value === undefined ? others : { ...others, [name]: value })
          }}
        />
      ))}
    </div>
  )
}

type FieldProps = { title: string; schema: z.ZodType; value: unknown; problem: string | undefined; onChange: (value: unknown) => void }

function Field({ title, schema, value, problem, onChange }: FieldProps) {
  const json = toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json
  const { description } = (schema.meta() ?? {}) as { description?: string }
  const whenAbsent = schema.safeParse(undefined)
  const usual = whenAbsent.success && whenAbsent.data !== undefined ? String(whenAbsent.data) : undefined
  const help = [description, usual !== undefined && json.enum === undefined && `${usual} where it is empty.`].filter(Boolean).join(' ')
  const isNumber = json.type === 'number' || json.type === 'integer'
  if (json.enum) {
    const choices = json.enum.map((choice) => ({ value: choice, label: choice }))
    return (
      <Chosen
        title={title}
        help={help}
        value={String(value ?? usual ?? '')}
        choices={whenAbsent.success && usual === undefined ? [{ value: '', label: '–' }, ...choices] : choices}
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    )
  }
  return (
    <Labelled title={title} help={help} problem={problem}>
      {(given) => (
        <Input
          {...given}
          inputMode={isNumber ? 'decimal' : undefined}
          value={String(value ?? '')}
          placeholder={usual}
          onChange={({ target }) => onChange(target.value === '' ? undefined : isNumber ? readNumber(target.value) : target.value)}
          autoComplete="off"
          spellCheck={false}
          className={isNumber ? 'font-mono text-sm' : undefined}
        />
      )}
    </Labelled>
  )
}
type Json = { type?: string; enum?: string[] }

/** What is not yet a number stays as it was typed, so that the schema can say what is wrong with it. */
export const readNumber = (text: string): number | string => {
  const number = Number(text)
  return text.trim() !== '' && Number.isFinite(number) && String(number) === text.trim() ? number : text
}

/** `maxWaitMs` → `Max wait (ms)`. */
const inWords = (name: string): string => {
  const [, body = name, unit] = /^(.*?)(Ms|Seconds|Usd)?$/.exec(name) ?? []
  const words = body.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).trim()
  const units: Record<string, string> = { Ms: ' (ms)', Seconds: ' (s)', Usd: ' (USD)' }
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${units[unit ?? ''] ?? ''}`
}
