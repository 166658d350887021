import type { PromptType } from '@signalbox/schema'
import { MessagesSquare, Plus } from 'lucide-react'
import { Button } from '../../../ui/button.tsx'
import type { Problems } from '../../../ui/save-form.tsx'
import { type Body, type DraftMessage, keyed } from './draft.ts'
import { Fragments } from './fragments.tsx'
import { Problem } from './json-box.tsx'
import { MessageBlock } from './message-block.tsx'
import { TemplateEditor } from './template-editor.tsx'
import type { Language } from './tokens.ts'

type Props = {
  type: PromptType
  body: Body
  language: Language
  unknown: ReadonlySet<string>
  problems: Problems
  /** In front of `text` and `messages` where something is wrong: `variants.0.` */
  path?: string
  onChange?: ((body: Partial<Body>) => void) | undefined
}

/** The text of a prompt, or its messages one below the other. */
export function BodyEditor({ type, body, language, unknown, problems, path = '', onChange }: Props) {
  if (type === 'text') {
    return (
      <div>
        <TemplateEditor
          label="Text of the prompt"
          language={language}
          value={body.text}
          unknown={unknown}
          rows={8}
          invalid={problems[`${path}text`] !== undefined}
          {...(onChange && { onChange: (text: string) => onChange({ text }) })}
          placeholder="What is said, with {{variables}}"
        />
        <Fragments text={body.text} />
        <Problem text={problems[`${path}text`]} />
      </div>
    )
  }
  const { messages } = body
  const set = (next: DraftMessage[]) => onChange?.({ messages: next })
  const add = (message: DraftMessage['message']) => set([...messages, keyed(message)])
  return (
    <div>
      <ol aria-label="Messages" className="flex flex-col gap-2">
        {messages.map(({ key, message }, at) => (
          <MessageBlock
            key={key}
            message={message}
            at={at}
            of={messages.length}
            language={language}
            unknown={unknown}
            problems={problems}
            path={`${path}messages.${at}`}
            onChange={onChange && ((next) => set(messages.with(at, { key, message: next })))}
            onMove={(by) => set(messages.toSpliced(at, 1).toSpliced(at + by, 0, messages[at] as DraftMessage))}
            onRemove={() => set(messages.toSpliced(at, 1))}
          />
        ))}
      </ol>
      <Problem text={problems[`${path}messages`]} />
      {onChange && (
        <div className="mt-2 flex gap-2">
          <Button
            size="small"
            onClick={() =>
              add({
                role: messages.at(-1)?.message.type === 'placeholder' || roleOf(messages.at(-1)) !== 'user' ? 'user' : 'assistant',
                content: '',
              })
            }
          >
            <Plus size={13} aria-hidden /> Add a message
          </Button>
          <Button size="small" onClick={() => add({ type: 'placeholder', name: freeName(messages) })}>
            <MessagesSquare size={13} aria-hidden /> Add a place for messages of the caller
          </Button>
        </div>
      )}
    </div>
  )
}

const roleOf = (last: DraftMessage | undefined) => (last && last.message.type !== 'placeholder' ? last.message.role : undefined)
const freeName = (messages: readonly DraftMessage[]) => {
  const taken = messages.flatMap(({ message }) => (message.type === 'placeholder' ? [message.name] : []))
  return taken.includes('history') ? `messages${taken.length + 1}` : 'history'
}
