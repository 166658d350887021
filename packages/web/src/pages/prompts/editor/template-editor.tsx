import { type ReactNode, type Ref, useImperativeHandle, useMemo, useRef } from 'react'
import { classNames } from '../../../lib/class-names.ts'
import { Painted } from './painted.tsx'
import type { Language } from './tokens.ts'
import { useCompletion } from './use-completion.ts'

type Props = {
  label: string
  language: Language
  value: string
  onChange?: ((value: string) => void) | undefined
  unknown?: ReadonlySet<string>
  placeholder?: string
  invalid?: boolean
  /** Lines that are there before anything is written. */
  rows?: number
  ref?: Ref<HTMLTextAreaElement>
}

/** Both layers must break their lines at the same places, so they share every rule that moves a letter. */
const LAYER = '[grid-area:1/1] min-w-0 px-2.5 py-2 font-mono text-sm leading-[19px] break-words whitespace-pre-wrap [tab-size:2]'

/** A box to write a template in: a plain text field, with the same text painted behind it. Without `onChange` it can only be read. */
export function TemplateEditor({
  label,
  language,
  value,
  onChange,
  unknown,
  placeholder,
  invalid = false,
  rows = 2,
  ref,
}: Props): ReactNode {
  const box = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(ref, () => box.current as HTMLTextAreaElement)
  const completion = useCompletion({ value, box, onChange })
  const painted = useMemo(() => <Painted language={language} text={value} {...(unknown && { unknown })} />, [language, value, unknown])
  return (
    <div
      className={classNames(
        'relative grid rounded-md border bg-surface-1 focus-within:border-accent focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent',
        invalid ? 'border-error' : 'border-line-strong',
        onChange && 'hover:border-faint',
      )}
    >
      <pre aria-hidden style={{ minHeight: rows * 19 + 16 }} className={classNames(LAYER, 'pointer-events-none')}>
        {painted}
        {/* A last empty line has a height only with something behind it. */}
        {'\n'}
      </pre>
      <textarea
        ref={box}
        {...completion.given}
        aria-label={label}
        {...(invalid && { 'aria-invalid': true })}
        value={value}
        readOnly={!onChange}
        onChange={({ currentTarget: { value: next, selectionEnd } }) => {
          onChange?.(next)
          completion.wrote(selectionEnd)
        }}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        className={classNames(
          LAYER,
          'resize-none overflow-hidden bg-transparent text-transparent caret-text outline-none placeholder:text-faint',
        )}
      />
      {completion.names.length > 0 && (
        <ul
          id={completion.id}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the focus stays in the text.
          role="listbox"
          aria-label="Variables"
          className="floating absolute top-full left-2 z-20 mt-1 max-w-80 min-w-40 overflow-hidden py-1"
        >
          {completion.names.map((name, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the text.
            // biome-ignore lint/a11y/useFocusableInteractive: likewise.
            <li
              key={name}
              id={`${completion.id}-${at}`}
              // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: likewise.
              role="option"
              aria-selected={at === completion.active}
              // A press must not take the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => completion.take(name)}
              className={classNames(
                'truncate px-2.5 py-1 font-mono text-sm',
                at === completion.active ? 'bg-surface-2 text-text' : 'text-soft',
              )}
            >
              {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
