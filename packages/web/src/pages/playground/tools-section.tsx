import { PromptContent } from '@signalbox/schema'
import { Braces, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { plural } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { inputStyle } from '../../ui/input.tsx'
import type { Column } from './columns.ts'
import { JsonField } from './json-field.tsx'

type Props = { letter: string; column: Column; onChange: (change: Partial<Column>) => void }
const { tools: Tools, output: Output } = PromptContent.shape

/** The tools that a model may call, with what each answers, and the shape of the answer. Folded while there is none. */
export function ToolsSection({ letter, column, onChange }: Props) {
  const { content, mocks } = column
  const { tools = [], output } = content
  const [open, setOpen] = useState<'tools' | 'schema' | null>(null)
  const setContent = (change: Partial<PromptContent>) => onChange({ content: { ...content, ...change } })
  return (
    <div>
      <div className="flex gap-1">
        <Toggle
          icon={<Wrench size={13} aria-hidden />}
          isOpen={open === 'tools'}
          onClick={() => setOpen(open === 'tools' ? null : 'tools')}
        >
          {tools.length === 0 ? 'Tools' : plural(tools.length, 'tool')}
        </Toggle>
        <Toggle
          icon={<Braces size={13} aria-hidden />}
          isOpen={open === 'schema'}
          onClick={() => setOpen(open === 'schema' ? null : 'schema')}
        >
          {output ? `Schema ${output.name ?? ''}` : 'Schema'}
        </Toggle>
      </div>
      {open === 'tools' && (
        <div className="mt-1 flex flex-col gap-2">
          <JsonField
            label={`Tools of ${letter}`}
            help="A list: each with a name, a description and the JSON schema of its parameters."
            placeholder={'[{"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}]'}
            value={tools.length === 0 ? undefined : tools}
            onChange={(value) => {
              const read = Tools.safeParse(value)
              if (!read.success) return problemOf(read.error)
              setContent({ tools: read.data })
              return undefined
            }}
          />
          {tools.map(({ name }) => (
            <label key={name} className="block">
              <span className="mb-1 block text-sm font-medium">
                <span className="font-mono">{name}</span> answers
              </span>
              <textarea
                value={mocks[name] ?? ''}
                rows={1}
                placeholder="Empty: you are asked each time"
                spellCheck={false}
                onChange={({ target }) => {
                  const { [name]: _, ...rest } = mocks
                  onChange({ mocks: target.value === '' ? rest : { ...rest, [name]: target.value } })
                }}
                className={classNames(
                  inputStyle,
                  'field-sizing-content h-auto max-h-60 w-full resize-none py-1.5 font-mono text-sm leading-[19px]',
                )}
              />
            </label>
          ))}
        </div>
      )}
      {open === 'schema' && (
        <JsonField
          label={`Schema of the answer of ${letter}`}
          help="JSON schema: the answer is JSON of this shape."
          placeholder={
            '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}'
          }
          value={output?.schema}
          onChange={(schema) => {
            if (schema === undefined) {
              const { output: _, ...rest } = content
              onChange({ content: rest })
              return undefined
            }
            const read = Output.safeParse({ strict: true, ...output, schema })
            if (!read.success) return problemOf(read.error)
            setContent({ output: read.data })
            return undefined
          }}
        />
      )}
    </div>
  )
}

function Toggle({ icon, isOpen, onClick, children }: { icon: ReactNode; isOpen: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Button size="small" kind="ghost" aria-expanded={isOpen} onClick={onClick} className="px-1.5 font-normal">
      {icon}
      {children}
    </Button>
  )
}

const problemOf = ({ issues: [first] }: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string =>
  first ? `${first.path.map(String).join('.')} ${first.message}`.trim() : 'This is not what it should be.'
