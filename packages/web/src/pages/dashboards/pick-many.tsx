import { X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { classNames } from '../../lib/class-names.ts'

export type Option = { value: string; title: string; hint?: string }
type Props = {
  label: string
  values: readonly string[]
  options: readonly Option[]
  titleOf: (value: string) => string
  onChange: (values: string[]) => void
  /** With one place a new choice takes the place of the old one. */
  most: number
  /** What was typed, as a value that no option is; undefined where it is none. */
  typed?: (text: string) => string | undefined
  placeholder: string
  invalid?: boolean
}

/** Some of many, in their order: chips, and a box that completes. */
export function PickMany({ label, values, options, titleOf, onChange, most, typed, placeholder, invalid = false }: Props) {
  const id = useId()
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const needle = text.trim().toLowerCase()
  const own = typed?.(text.trim())
  const found = options.filter(({ value, title }) => !values.includes(value) && `${title} ${value}`.toLowerCase().includes(needle))
  const shown: Option[] =
    own && !values.includes(own) && !found.some(({ value }) => value === own)
      ? [...found, { value: own, title: own, hint: 'as typed' }]
      : found
  const at = Math.min(active, shown.length - 1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first one is the likely one after every letter.
  useEffect(() => setActive(0), [text, values.length])
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const take = (value: string | undefined) => {
    if (value === undefined) return
    onChange(most === 1 ? [value] : [...values, value].slice(0, most))
    setText('')
    if (most === 1) setOpen(false)
  }
  const keys: Record<string, () => void> = {
    arrowdown: () => (open ? setActive((at + 1) % Math.max(1, shown.length)) : setOpen(true)),
    arrowup: () => setActive((at - 1 + shown.length) % Math.max(1, shown.length)),
    enter: () => (open ? take(shown[at]?.value) : setOpen(true)),
    escape: () => {
      setText('')
      setOpen(false)
    },
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Backspace' && text === '') return onChange(values.slice(0, -1))
    const run = keys[event.key.toLowerCase()]
    if (!run) return
    event.preventDefault()
    if (open) event.stopPropagation()
    run()
  }
  return (
    <div className="relative">
      <div
        className={classNames(
          'flex min-h-8 flex-wrap items-center gap-1 rounded-md border bg-surface-1 px-1 py-[3px] focus-within:border-accent focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent',
          invalid ? 'border-error' : 'border-line-strong',
        )}
      >
        {values.map((value) => (
          <span key={value} className="inline-flex h-6 max-w-full items-center rounded-sm border border-line bg-surface-0 pl-1.5">
            <span className="truncate">{titleOf(value)}</span>
            <button
              type="button"
              aria-label={`Remove ${titleOf(value)}`}
              onClick={() => onChange(values.filter((one) => one !== value))}
              className="flex h-full w-5 shrink-0 items-center justify-center rounded-sm text-faint hover:text-text"
            >
              <X size={12} />
            </button>
          </span>
        ))}
        <input
          role="combobox"
          aria-label={label}
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && shown.length > 0 ? `${id}-${at}` : undefined}
          aria-invalid={invalid || undefined}
          value={text}
          placeholder={values.length > 0 && most > 1 ? 'and…' : placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => {
            setText(target.value)
            setOpen(true)
          }}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={press}
          className="h-6 min-w-16 flex-1 bg-transparent px-1 outline-none placeholder:text-faint"
        />
      </div>
      {open && (
        <div
          ref={list}
          id={`${id}-list`}
          role="listbox"
          aria-label={label}
          data-open
          className="floating absolute top-full left-0 z-30 mt-1 max-h-64 w-full overflow-y-auto p-1"
        >
          {shown.map(({ value, title, hint }, place) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the box; aria-activedescendant points here.
            // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the box runs it.
            <div
              key={value}
              id={`${id}-${place}`}
              role="option"
              data-at={place}
              aria-selected={place === at}
              onPointerMove={() => setActive(place)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(value)}
              className={classNames('flex h-8 items-center gap-2 rounded-sm px-2', place === at && 'bg-surface-2')}
            >
              <span className="min-w-0 flex-1 truncate">{title}</span>
              <span className="truncate text-sm text-faint">{hint ?? value}</span>
            </div>
          ))}
          {shown.length === 0 && <p className="px-2 py-1.5 text-sm text-faint">Nothing matches.</p>}
        </div>
      )}
    </div>
  )
}
