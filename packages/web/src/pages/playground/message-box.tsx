import type { PromptContent, PromptMessage } from '@signalbox/schema'
import { ImagePlus, Trash2, X } from 'lucide-react'
import { useRef } from 'react'
import { IconButton } from '../../ui/button.tsx'
import { toastError } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { TemplateEditor } from '../prompts/editor/template-editor.tsx'
import { pictureOf } from './pictures.ts'

type Said = Exclude<PromptMessage, { type: 'placeholder' }>
type Props = {
  label: string
  engine: PromptContent['engine']
  message: PromptMessage
  onChange: (message: PromptMessage) => void
  onRemove: (() => void) | undefined
}

const ROLES = ['system', 'user', 'assistant', 'tool']

/** One message of a column: who says it, its text, its pictures. */
export function MessageBox({ label, engine, message, onChange, onRemove }: Props) {
  const file = useRef<HTMLInputElement>(null)
  if (message.type === 'placeholder')
    return (
      <div className="flex items-center gap-2">
        <span className="text-sm text-soft">Messages of</span>
        <Input
          aria-label={`${label}: variable with messages`}
          value={message.name}
          onChange={({ target }) => onChange({ ...message, name: target.value })}
          className="h-7 flex-1 font-mono text-sm"
        />
        <Remove label={label} onRemove={onRemove} />
      </div>
    )
  const { role, content, toolCalls = [] } = message
  const pictures = picturesOf(message)
  async function attach(files: Iterable<File>) {
    try {
      const added = await Promise.all([...files].filter(({ type }) => type.startsWith('image/')).map(pictureOf))
      if (added.length > 0) onChange(withPictures(message as Said, [...pictures, ...added]))
    } catch (error) {
      toastError(error)
    }
  }
  const roles = ROLES.includes(role) ? ROLES : [...ROLES, role]
  return (
    <div
      onPaste={(event) => {
        const files = [...event.clipboardData.files]
        if (files.length === 0) return
        event.preventDefault()
        void attach(files)
      }}
    >
      <div className="mb-1 flex items-center gap-1">
        <Select
          label={`${label}: role`}
          value={role}
          choices={roles.map((value) => ({ value, label: value }))}
          onChange={(next) => onChange({ ...message, role: next })}
          className="h-6 w-28 px-1.5 text-sm"
        />
        {role === 'tool' && (
          <Input
            aria-label={`${label}: id of the call`}
            value={message.toolCallId ?? ''}
            placeholder="id of the call"
            onChange={({ target }) => onChange({ ...message, toolCallId: target.value })}
            className="h-6 w-40 font-mono text-sm"
          />
        )}
        <span className="ml-auto flex items-center">
          {role === 'user' && (
            <>
              <input
                ref={file}
                type="file"
                accept="image/png,image/jpeg,image/gif,image/webp"
                multiple
                hidden
                onChange={({ target }) => {
                  void attach(target.files ?? [])
                  target.value = ''
                }}
              />
              <IconButton label={`Attach a picture to ${label}, or paste one`} size="small-icon" onClick={() => file.current?.click()}>
                <ImagePlus size={14} />
              </IconButton>
            </>
          )}
          <Remove label={label} onRemove={onRemove} />
        </span>
      </div>
      <TemplateEditor
        label={label}
        language={engine}
        value={textOf(content)}
        onChange={(text) => onChange(withText(message, text))}
        rows={role === 'tool' ? 1 : 2}
      />
      {pictures.length > 0 && (
        <ul className="mt-1 flex flex-wrap gap-2">
          {pictures.map((url, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may be there twice.
            <li key={at} className="relative">
              {url.startsWith('data:image/') ? (
                <img
                  src={url}
                  alt={`Attachment ${at + 1} of ${label}`}
                  className="h-16 max-w-40 rounded-sm border border-line object-contain"
                />
              ) : (
                <span className="block max-w-60 truncate rounded-sm border border-line px-2 py-1 font-mono text-sm">{url}</span>
              )}
              <IconButton
                label={`Remove picture ${at + 1} of ${label}`}
                size="small-icon"
                kind="secondary"
                className="absolute -top-2 -right-2 size-5"
                onClick={() => onChange(withPictures(message, pictures.toSpliced(at, 1)))}
              >
                <X size={12} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {toolCalls.map(({ id, name, arguments: given }) => (
        <p key={id} className="mt-1 truncate font-mono text-sm text-soft" data-tip={given}>
          {name}({given})
        </p>
      ))}
    </div>
  )
}

function Remove({ label, onRemove }: { label: string; onRemove: (() => void) | undefined }) {
  if (!onRemove) return null
  return (
    <IconButton label={`Remove ${label}`} size="small-icon" onClick={onRemove}>
      <Trash2 size={13} />
    </IconButton>
  )
}

const textOf = (content: Said['content']): string =>
  typeof content === 'string' ? content : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')
const picturesOf = ({ content }: Said): string[] =>
  typeof content === 'string' ? [] : content.flatMap((part) => (part.type === 'image' ? [part.url] : []))

const written = (message: Said, text: string, pictures: readonly string[]): Said => ({
  ...message,
  content:
    pictures.length === 0
      ? text
      : [...(text ? [{ type: 'text' as const, text }] : []), ...pictures.map((url) => ({ type: 'image' as const, url }))],
})
const withText = (message: Said, text: string): Said => written(message, text, picturesOf(message))
const withPictures = (message: Said, pictures: readonly string[]): Said => written(message, textOf(message.content), pictures)
