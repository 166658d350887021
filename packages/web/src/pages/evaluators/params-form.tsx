import { useState } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { Tick } from '../../ui/checkbox.tsx'
import { Input, inputStyle } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { NativeSelect } from '../../ui/native-select.tsx'

export type Params = Record<string, unknown>
type Schema = { type?: string | string[]; enum?: unknown[]; description?: string; default?: unknown; items?: Schema; maxLength?: number }
type Props = {
  /** The JSON Schema of the parameters. */
  schema: Record<string, unknown>
  params: Params
  onChange: (params: Params) => void
  /** A field whose text is no JSON yet. */
  onProblem: (field: string, problem: string | undefined) => void
  disabled: boolean
}

/** Fields that follow from the JSON Schema of an evaluator. An empty field is left out, and its default holds. */
export function ParamsForm({ schema, params, onChange, onProblem, disabled }: Props) {
  const fields = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
  const required = new Set((schema.required ?? []) as string[])
  if (fields.length === 0) return <p className="text-soft">It takes no parameters.</p>
  return (
    <fieldset disabled={disabled} className="flex flex-col gap-3">
      <legend className="sr-only">Parameters</legend>
      {fields.map(([name, field]) => (
        <Field
          key={name}
          name={name}
          schema={field}
          required={required.has(name) && field.default === undefined}
          value={params[name]}
          onProblem={(problem) => onProblem(name, problem)}
          onChange={(value) => {
            const { [name]: _, ...others } = params
            onChange(value === undefined ? others : { ...others, [name]: value })
          }}
        />
      ))}
    </fieldset>
  )
}

type FieldProps = {
  name: string
  schema: Schema
  required: boolean
  value: unknown
  onChange: (value: unknown) => void
  onProblem: (problem: string | undefined) => void
}

/** Texts that are long by nature: a rubric, code, a query. */
const LONG = new Set(['source', 'query', 'rubric', 'criterion', 'criteria', 'steps', 'template', 'instructions'])

function Field({ name, schema, required, value, onChange, onProblem }: FieldProps) {
  const { description, default: usual } = schema
  const aside = !required && 'optional'
  if (schema.enum?.every((one) => typeof one === 'string'))
    return (
      <Labelled title={name} aside={aside} help={description}>
        {() => (
          <NativeSelect
            label={name}
            value={String(value ?? '')}
            choices={[
              { value: '', label: usual === undefined ? '–' : `${usual} (as usual)` },
              ...(schema.enum ?? []).map((one) => ({ value: String(one), label: String(one) })),
            ]}
            onChange={(next) => onChange(next === '' ? undefined : next)}
          />
        )}
      </Labelled>
    )
  if (schema.type === 'boolean')
    return (
      <div>
        <Tick checked={(value ?? usual) === true} onChange={(on) => onChange(on === usual ? undefined : on)}>
          {name}
        </Tick>
        {description && <p className="mt-0.5 ml-6 text-sm text-faint">{description}</p>}
      </div>
    )
  const shown = usual === undefined ? undefined : typeof usual === 'string' ? usual : JSON.stringify(usual)
  if (schema.type === 'string' && !LONG.has(name))
    return (
      <Labelled title={name} aside={aside} help={description}>
        {(given) => (
          <Input
            {...given}
            value={String(value ?? '')}
            placeholder={shown}
            onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
            spellCheck={false}
            autoComplete="off"
          />
        )}
      </Labelled>
    )
  if (schema.type === 'string')
    return (
      <Labelled title={name} aside={aside} help={description}>
        {(given) => (
          <textarea
            {...given}
            rows={name === 'source' || name === 'query' ? 8 : 4}
            value={String(value ?? '')}
            placeholder={shown}
            onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
            spellCheck={false}
            className={classNames(
              inputStyle,
              'field-sizing-content h-auto max-h-[50vh] min-h-20 w-full resize-y py-1.5',
              (name === 'source' || name === 'query') && 'font-mono text-sm leading-[19px]',
            )}
          />
        )}
      </Labelled>
    )
  if (schema.type === 'number' || schema.type === 'integer')
    return (
      <Labelled title={name} aside={aside} help={description}>
        {(given) => (
          <Input
            {...given}
            inputMode="decimal"
            value={String(value ?? '')}
            placeholder={shown}
            onChange={({ target }) =>
              onChange(target.value === '' ? undefined : Number.isNaN(Number(target.value)) ? target.value : Number(target.value))
            }
            className="w-40 font-mono text-sm"
          />
        )}
      </Labelled>
    )
  return <JsonField {...{ name, description, required, value, shown, onChange, onProblem }} isTexts={schema.items?.type === 'string'} />
}

type JsonFieldProps = Omit<FieldProps, 'schema'> & { description: string | undefined; shown: string | undefined; isTexts: boolean }

/** Lists of texts line by line; anything else as JSON, or as the text that it is. */
function JsonField({ name, description, required, value, shown, isTexts, onChange, onProblem }: JsonFieldProps) {
  const [text, setText] = useState(() =>
    value === undefined
      ? ''
      : isTexts && Array.isArray(value)
        ? value.join('\n')
        : typeof value === 'string'
          ? value
          : JSON.stringify(value, null, 2),
  )
  const [problem, setProblem] = useState<string | undefined>()
  const say = (next: string | undefined) => {
    setProblem(next)
    onProblem(next)
  }
  const read = (next: string) => {
    setText(next)
    if (next.trim() === '') {
      say(undefined)
      return onChange(undefined)
    }
    if (isTexts) {
      say(undefined)
      return onChange(next.split('\n').filter((line) => line !== ''))
    }
    try {
      const parsed: unknown = JSON.parse(next)
      say(undefined)
      onChange(parsed)
    } catch (error) {
      // A text where any value may stand; what begins like JSON is to be some.
      if (/^\s*[[{]/.test(next)) return say(`No JSON: ${(error as Error).message}`)
      say(undefined)
      onChange(next)
    }
  }
  return (
    <Labelled
      title={name}
      aside={!required && 'optional'}
      help={[description, isTexts ? 'One on each line.' : 'JSON, or a text.'].filter(Boolean).join(' ')}
      problem={problem}
    >
      {(given) => (
        <textarea
          {...given}
          rows={2}
          value={text}
          placeholder={shown}
          onChange={({ target }) => read(target.value)}
          spellCheck={false}
          className={classNames(
            inputStyle,
            'field-sizing-content h-auto max-h-72 w-full resize-y py-1.5',
            !isTexts && 'font-mono text-sm leading-[19px]',
          )}
        />
      )}
    </Labelled>
  )
}
