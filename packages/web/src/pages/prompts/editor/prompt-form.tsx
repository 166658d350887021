import type { PromptEngine } from '@signalbox/schema'
import { Wand2 } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { Tick } from '../../../ui/checkbox.tsx'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import type { Problems } from '../../../ui/save-form.tsx'
import { BodyEditor } from './body-editor.tsx'
import { KnownVariables } from './completion.ts'
import type { Draft } from './draft.ts'
import { JsonBox } from './json-box.tsx'
import { describedBy, type Finding, schemaFor, type Used } from './lint.ts'
import { LintList } from './lint-list.tsx'
import { ModelSection } from './model-section.tsx'
import { Section } from './section.tsx'

// Far down, and folded for most prompts.
const ExamplesSection = lazy(() => import('./examples-section.tsx'))
const VariantsSection = lazy(() => import('./variants-section.tsx'))

const ENGINES: { value: PromptEngine; label: string; hint: string }[] = [
  { value: 'mustache', label: 'Mustache', hint: '{{name}}' },
  { value: 'liquid', label: 'Liquid', hint: '{% if %}' },
  { value: 'jinja', label: 'Jinja', hint: '{% if %}' },
  { value: 'fstring', label: 'f-string', hint: '{name}' },
]

type Props = {
  draft: Draft
  /** The type of a prompt is chosen once. */
  mayChooseType: boolean
  problems: Problems
  used: readonly Used[]
  findings: readonly Finding[]
  /** Without it the version can only be read. */
  onChange?: ((next: Partial<Draft>) => void) | undefined
}

/** Everything that a version is made of. */
export function PromptForm({ draft, mayChooseType, problems, used, findings, onChange }: Props) {
  const unknown = new Set(findings.flatMap(({ name, kind }) => (kind === 'undescribed' ? [name] : [])))
  const described = describedBy(draft.schema)
  const placeholders = placeholdersOf(draft)
  const given = { draft, problems, ...(onChange && { onChange }) }
  const tools = countOf(draft.tools)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {mayChooseType && onChange && (
          <NativeSelect label="Type" value={draft.type} choices={TYPES} onChange={(type) => onChange({ type })} className="w-32" />
        )}
        {onChange ? (
          <NativeSelect
            label="Template language"
            value={draft.engine}
            choices={ENGINES}
            onChange={(engine) => onChange({ engine })}
            className="w-36"
          />
        ) : (
          <span className="text-soft">{ENGINES.find(({ value }) => value === draft.engine)?.label}</span>
        )}
        <LintList findings={findings} />
      </div>
      <KnownVariables value={[...new Set([...used.map(({ name }) => name), ...(described?.names.keys() ?? [])])]}>
        <BodyEditor
          type={draft.type}
          body={draft}
          language={draft.engine}
          unknown={unknown}
          problems={problems}
          {...(onChange && { onChange })}
        />
      </KnownVariables>
      <Section
        title="Variables"
        summary={
          described
            ? `${plural(described.names.size, 'variable')} described`
            : draft.schema
              ? 'a schema that cannot be read'
              : 'nothing described'
        }
        open={draft.schema !== ''}
        wrong={problems.schema !== undefined}
      >
        <JsonBox
          label="JSON schema of the variables"
          value={draft.schema}
          placeholder='{ "type": "object", "properties": { "question": { "type": "string" } }, "required": ["question"] }'
          problem={problems.schema}
          {...(onChange && { onChange: (schema: string) => onChange({ schema }) })}
        />
        {onChange && (used.length > 0 || placeholders.length > 0) && (
          <div>
            <Button size="small" onClick={() => onChange({ schema: schemaFor(used, described, placeholders) })}>
              <Wand2 size={13} aria-hidden /> {described ? 'Bring in line with the text' : 'Write it from the text'}
            </Button>
          </div>
        )}
      </Section>
      <ModelSection {...given} />
      <Section
        title="Tools"
        summary={tools === null ? 'none' : plural(tools, 'tool')}
        open={draft.tools !== ''}
        wrong={problems.tools !== undefined || problems.toolChoice !== undefined}
      >
        <JsonBox
          label="Tools as JSON"
          value={draft.tools}
          placeholder='[{ "name": "refund", "description": "Pays money back", "parameters": { "type": "object" } }]'
          problem={problems.tools}
          {...(onChange && { onChange: (next: string) => onChange({ tools: next }) })}
        />
        <Labelled title="Tool choice" aside="auto, none, required or the name of one" problem={problems.toolChoice}>
          {(props) => (
            <Input
              {...props}
              value={draft.toolChoice}
              readOnly={!onChange}
              onChange={({ target }) => onChange?.({ toolChoice: target.value })}
              className="max-w-52 font-mono text-sm"
            />
          )}
        </Labelled>
      </Section>
      <Section
        title="Structured output"
        summary={draft.output.schema ? (draft.output.strict ? 'strictly this schema' : 'this schema') : 'free text'}
        open={draft.output.schema !== ''}
        wrong={problems.output !== undefined}
      >
        <JsonBox
          label="JSON schema of the answer"
          value={draft.output.schema}
          placeholder='{ "type": "object", "properties": {} }'
          problem={problems.output}
          {...(onChange && { onChange: (schema: string) => onChange({ output: { ...draft.output, schema } }) })}
        />
        {onChange && (
          <Tick checked={draft.output.strict} onChange={(strict) => onChange({ output: { ...draft.output, strict } })}>
            Nothing but this schema
          </Tick>
        )}
      </Section>
      <Suspense>
        <ExamplesSection {...given} />
        <VariantsSection {...given} unknown={unknown} />
      </Suspense>
    </div>
  )
}

const TYPES = [
  { value: 'chat', label: 'Messages' },
  { value: 'text', label: 'One text' },
] as const

/** Variables that hold messages of the caller. */
export const placeholdersOf = (draft: Pick<Draft, 'type' | 'messages'>): string[] =>
  draft.type === 'text' ? [] : draft.messages.flatMap(({ message }) => (message.type === 'placeholder' ? [message.name] : []))

function countOf(json: string): number | null {
  if (json.trim() === '') return null
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value.length : null
  } catch {
    return null
  }
}
