import type { PromptMessage } from '@signalbox/schema'
import { ArrowDown, ArrowUp, ImagePlus, MessagesSquare, X } from 'lucide-react'
import { IconButton } from '../../../ui/button.tsx'
import { Tick } from '../../../ui/checkbox.tsx'
import { Input } from '../../../ui/input.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import type { Problems } from '../../../ui/save-form.tsx'
import { Fragments } from './fragments.tsx'
import { JsonBox, Problem } from './json-box.tsx'
import { TemplateEditor } from './template-editor.tsx'
import type { Language } from './tokens.ts'

export type Placeholder = Extract<PromptMessage, { type: 'placeholder' }>
export type Said = Exclude<PromptMessage, Placeholder>
type Parts = Exclude<Said['content'], string>

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool']

export type BlockProps = {
  message: PromptMessage
  at: number
  /** How many there are. */
  of: number
  language: Language
  unknown: ReadonlySet<string>
  problems: Problems
  /** Where the message stands in what is saved: `messages.0`. */
  path: string
  onChange?: ((message: PromptMessage) => void) | undefined
  onMove: (by: -1 | 1) => void
  onRemove: () => void
}

/** One message of a chat prompt, or the place for those of the caller. */
export function MessageBlock({ message, at, of, onChange, onMove, onRemove, ...rest }: BlockProps) {
  const isPlaceholder = message.type === 'placeholder'
  return (
    <li
      aria-label={isPlaceholder ? `Placeholder ${message.name}` : `Message ${at + 1}, ${message.role}`}
      className="rounded-md border border-line"
    >
      <header className="flex h-10 items-center gap-2 px-2">
        {isPlaceholder ? (
          <span className="flex items-center gap-1.5 px-1 font-medium">
            <MessagesSquare size={13} className="text-faint" aria-hidden /> Messages of the caller
          </span>
        ) : onChange ? (
          <NativeSelect
            label={`Role of message ${at + 1}`}
            value={message.role}
            choices={[...new Set([...ROLES, message.role])].map((role) => ({ value: role, label: role }))}
            onChange={(role) => onChange({ ...message, role })}
            className="w-32"
          />
        ) : (
          <span className="px-1 font-medium">{message.role}</span>
        )}
        {onChange && (
          <span className="ml-auto flex items-center">
            {!isPlaceholder && (
              <IconButton
                label="Add a picture"
                size="small-icon"
                onClick={() => onChange({ ...message, content: withPicture(message.content) })}
              >
                <ImagePlus size={14} />
              </IconButton>
            )}
            <IconButton label={`Move message ${at + 1} up`} size="small-icon" disabled={at === 0} onClick={() => onMove(-1)}>
              <ArrowUp size={14} />
            </IconButton>
            <IconButton label={`Move message ${at + 1} down`} size="small-icon" disabled={at === of - 1} onClick={() => onMove(1)}>
              <ArrowDown size={14} />
            </IconButton>
            <IconButton label={`Remove message ${at + 1}`} size="small-icon" onClick={onRemove}>
              <X size={14} />
            </IconButton>
          </span>
        )}
      </header>
      <div className="px-2 pb-2">
        {isPlaceholder ? (
          <PlaceholderFields message={message} onChange={onChange} problem={rest.problems[`${rest.path}.name`]} />
        ) : (
          <SaidFields message={message} at={at} onChange={onChange} {...rest} />
        )}
        <Problem text={rest.problems[rest.path] ?? rest.problems[`${rest.path}.role`] ?? rest.problems[`${rest.path}.content`]} />
      </div>
    </li>
  )
}

type FieldsOf<M> = { message: M; onChange: ((message: PromptMessage) => void) | undefined }

function PlaceholderFields({ message, onChange, problem }: FieldsOf<Placeholder> & { problem: string | undefined }) {
  return (
    <div className="flex flex-wrap items-center gap-3 px-1 pb-1">
      <Input
        aria-label="Variable with the messages"
        {...(problem && { 'aria-invalid': true })}
        value={message.name}
        readOnly={!onChange}
        onChange={({ target }) => onChange?.({ ...message, name: target.value })}
        spellCheck={false}
        className="max-w-52 font-mono text-sm text-code-name"
      />
      {onChange ? (
        <Tick
          checked={message.optional === true}
          onChange={(on) => onChange({ type: 'placeholder', name: message.name, ...(on && { optional: true }) })}
        >
          May be left out
        </Tick>
      ) : (
        message.optional && <span className="text-soft">may be left out</span>
      )}
      <Problem text={problem} />
    </div>
  )
}

type SaidProps = FieldsOf<Said> & Pick<BlockProps, 'at' | 'language' | 'unknown' | 'problems' | 'path'>
function SaidFields({ message, at, onChange, language, unknown, path, problems }: SaidProps) {
  const parts: Parts = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content
  const setPart = (index: number, part: Parts[number] | null) => {
    const next = part ? parts.with(index, part) : parts.toSpliced(index, 1)
    const [only] = next
    onChange?.({ ...message, content: next.length <= 1 && only?.type !== 'image' ? (only?.text ?? '') : next })
  }
  return (
    <div className="flex flex-col gap-2">
      {parts.map((part, index) =>
        part.type === 'text' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place.
          <div key={index}>
            <TemplateEditor
              label={`Text of message ${at + 1}`}
              language={language}
              value={part.text}
              unknown={unknown}
              {...(onChange && { onChange: (text: string) => setPart(index, { type: 'text', text }) })}
              placeholder={message.role === 'system' ? 'What the model is, and how it should answer' : 'What is said, with {{variables}}'}
            />
            <Fragments text={part.text} />
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <div key={index} className="flex items-center gap-1.5">
            <Input
              aria-label={`Address of picture ${index + 1} of message ${at + 1}`}
              value={part.url}
              readOnly={!onChange}
              placeholder="https://… or {{picture}}"
              onChange={({ target }) => setPart(index, { type: 'image', url: target.value })}
              spellCheck={false}
              className="font-mono text-sm"
            />
            {onChange && (
              <IconButton label={`Take out picture ${index + 1}`} size="small-icon" onClick={() => setPart(index, null)}>
                <X size={14} />
              </IconButton>
            )}
          </div>
        ),
      )}
      {message.toolCalls && (
        <JsonBox
          label={`Tool calls of message ${at + 1}`}
          value={JSON.stringify(message.toolCalls, null, 2)}
          problem={problems[`${path}.toolCalls`]}
        />
      )}
      {(message.toolCallId || message.name) && (
        <p className="px-1 text-sm text-faint">
          {message.name && (
            <>
              name <span className="font-mono">{message.name}</span>{' '}
            </>
          )}
          {message.toolCallId && (
            <>
              answers <span className="font-mono">{message.toolCallId}</span>
            </>
          )}
        </p>
      )}
    </div>
  )
}

const withPicture = (content: Said['content']): Parts => [
  ...(typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content),
  { type: 'image', url: '' },
]
