import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../../../lib/class-names.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { Checkbox } from '../../../ui/checkbox.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { describeError } from '../../../ui/error-note.tsx'
import { inputStyle } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { Money } from '../../../ui/values.tsx'
import type { Typed } from './kept-variables.ts'
import type { usePreview } from './use-preview.ts'
import type { Field } from './variable-fields.ts'

type Props = {
  fields: readonly Field[]
  typed: Typed
  onType: (name: string, text: string) => void
  problems: Readonly<Record<string, string>>
  preview: ReturnType<typeof usePreview>
  /** The draft cannot be read: what is shown is what it was before. */
  stale: boolean
}

/** What would be sent with these values, and what that costs. */
export default function Preview({ fields, typed, onType, problems, preview, stale }: Props) {
  const { data, error } = preview
  return (
    <div className="flex flex-col gap-3">
      {fields.length > 0 && (
        <Panel title="Variables" description="Kept in this browser, for the preview only.">
          <div className="flex flex-col gap-2.5 p-3">
            {fields.map((field) => (
              <VariableField key={field.name} field={field} text={typed[field.name] ?? ''} problem={problems[field.name]} onType={onType} />
            ))}
          </div>
        </Panel>
      )}
      <Panel
        title="Preview"
        description={
          data ? (
            <>
              ≈ {formatCount(data.inputTokens)} tokens
              {data.model && (
                <>
                  {' for '}
                  <span className="font-mono">{data.model}</span>,{' '}
                  <Money usd={data.inputCostUsd} reason="The price of this model is not known" /> a call
                </>
              )}
            </>
          ) : (
            'What would be sent, filled in.'
          )
        }
        actions={data && <CopyButton text={() => asText(data)} label="Copy the preview" />}
      >
        <div className={classNames('flex flex-col', (stale || preview.isPlaceholderData) && 'opacity-60')}>
          {error ? (
            <Remark>
              <span className="font-medium">{describeError(error).title}</span>{' '}
              <span className="text-soft">{describeError(error).hint}</span>
            </Remark>
          ) : (
            data &&
            data.missing.length > 0 && (
              <Remark>
                Not given: <span className="font-mono text-sm">{data.missing.join(', ')}</span>. A strict call would be refused.
              </Remark>
            )
          )}
          {data ? <Rendered text={data.text} messages={data.messages} /> : !error && <Skeleton className="m-3 h-4 w-2/3" />}
        </div>
      </Panel>
    </div>
  )
}

const Remark = ({ children }: { children: ReactNode }) => (
  <p role="status" className="flex items-start gap-2 border-b border-line px-3 py-2 text-warning">
    <TriangleAlert size={14} className="mt-0.5 shrink-0" aria-hidden />
    <span className="min-w-0 break-words">{children}</span>
  </p>
)

type FieldProps = { field: Field; text: string; problem: string | undefined; onType: (name: string, text: string) => void }
function VariableField({ field: { name, kind, help, required, suggestion }, text, problem, onType }: FieldProps) {
  return (
    <Labelled title={name} aside={!required && 'optional'} help={help} problem={problem}>
      {(given) =>
        kind === 'boolean' ? (
          <Checkbox label={name} checked={text === 'true'} onChange={(on) => onType(name, on ? 'true' : 'false')} />
        ) : (
          <textarea
            {...given}
            rows={1}
            value={text}
            placeholder={suggestion}
            onChange={({ target }) => onType(name, target.value)}
            spellCheck={false}
            className={classNames(
              inputStyle,
              'field-sizing-content max-h-40 w-full resize-none py-[5px] leading-5',
              kind === 'json' ? 'h-auto font-mono text-sm' : 'h-auto',
            )}
          />
        )
      }
    </Labelled>
  )
}

type Messages = readonly Record<string, unknown>[] | null
function Rendered({ text, messages }: { text: string | null; messages: Messages }) {
  if (messages === null) return <Said text={text ?? ''} />
  if (messages.length === 0) return <p className="p-3 text-faint">No message</p>
  return (
    <ol aria-label="Messages as they are sent">
      {messages.map((message, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no name but their place.
        <li key={at} className="border-b border-line last:border-b-0">
          <p className="px-3 pt-2 text-sm font-medium">
            {String(message.role ?? message.type ?? 'message')}
            {Array.isArray(message.toolCalls) && (
              <span className="font-normal text-faint"> {plural(message.toolCalls.length, 'tool call')}</span>
            )}
          </p>
          <Said text={textOf(message)} />
        </li>
      ))}
    </ol>
  )
}

/** As it is sent: nothing is read as markdown, and no picture is loaded. */
const Said = ({ text }: { text: string }) =>
  text === '' ? (
    <p className="px-3 pb-2 text-faint">empty</p>
  ) : (
    <pre className="px-3 pb-2.5 font-sans break-words whitespace-pre-wrap">{text}</pre>
  )

function textOf({ content, ...rest }: Record<string, unknown>): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return JSON.stringify(content ?? rest, null, 2)
  return content
    .map((part: Record<string, unknown>) =>
      part.type === 'text' ? String(part.text) : `[${String(part.type)}: ${JSON.stringify(part.url ?? part)}]`,
    )
    .join('\n')
}

const asText = ({ text, messages }: { text: string | null; messages: Messages }) =>
  text ?? (messages ?? []).map((message) => `${String(message.role)}:\n${textOf(message)}`).join('\n\n')
