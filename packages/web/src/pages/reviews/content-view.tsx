import type { ReviewContent, ReviewSpan } from '@signalbox/schema'
import { type ReactNode, useState } from 'react'
import { classNames } from '../../lib/class-names.ts'

type Json = ReviewContent['input'] | undefined

/** Any content as text that reads the same for everybody: no markup, nothing loaded. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'content' in one))
    return value
      .map((message) => {
        const { role, content } = message as { role?: unknown; content?: unknown }
        return `${typeof role === 'string' ? role : 'message'}: ${typeof content === 'string' ? content : JSON.stringify(content)}`
      })
      .join('\n\n')
  return JSON.stringify(value ?? null, null, 2)
}

/** A part of an item under its name. */
export const Part = ({ title, children, quiet = false }: { title: string; children: ReactNode; quiet?: boolean }) => (
  <section className="min-w-0">
    <h2 className="mb-1 text-sm font-medium text-faint">{title}</h2>
    <div
      className={classNames(
        'rounded-md border border-line px-3 py-2 whitespace-pre-wrap break-words',
        quiet ? 'bg-surface-0 text-soft' : 'bg-surface-1',
      )}
    >
      {children}
    </div>
  </section>
)

/** What was asked, and what it could rely on. */
export function Question({ content }: { content: ReviewContent }) {
  const [shown, setShown] = useState(false)
  const sources = content.context === undefined ? [] : [content.context].flat()
  return (
    <>
      <Part title="Asked" quiet>
        {textOf(content.input)}
      </Part>
      {sources.length > 0 && (
        <div>
          <button
            type="button"
            aria-expanded={shown}
            onClick={() => setShown(!shown)}
            className="rounded-sm text-sm text-accent hover:underline"
          >
            {shown ? 'Hide' : 'Show'} {sources.length === 1 ? 'its source' : `its ${sources.length} sources`}
          </button>
          {shown &&
            sources.map((source) => (
              <p key={source} className="mt-1 border-l-2 border-line pl-3 whitespace-pre-wrap text-soft">
                {source}
              </p>
            ))}
        </div>
      )}
    </>
  )
}

type MarkedProps = { text: string; spans: readonly ReviewSpan[]; onRemove?: ((span: ReviewSpan) => void) | undefined }
/** A text with places marked in it. Places are counted in code points. */
export function Marked({ text, spans, onRemove }: MarkedProps) {
  const points = Array.from(text)
  const pieces: ReactNode[] = []
  let at = 0
  for (const span of spans.toSorted((one, other) => one.start - other.start)) {
    if (span.start < at) continue
    pieces.push(points.slice(at, span.start).join(''))
    pieces.push(
      <mark
        key={`${span.start}-${span.end}`}
        data-tip={span.label}
        className="rounded-sm bg-warning-soft text-text underline decoration-warning"
      >
        {points.slice(span.start, span.end).join('')}
      </mark>,
    )
    at = span.end
  }
  pieces.push(points.slice(at).join(''))
  return (
    <>
      <div data-answer>{pieces}</div>
      {onRemove && spans.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-1 border-t border-line pt-2 text-sm">
          {spans.map((span) => (
            <li key={`${span.start}-${span.end}`}>
              <button type="button" onClick={() => onRemove(span)} className="rounded-sm bg-surface-2 px-1.5 text-soft hover:text-error">
                {span.label}: “{points.slice(span.start, span.end).join('').slice(0, 30)}” ×<span className="sr-only">Remove</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** What is selected of the answer, in code points; undefined where nothing is. */
export function selectedPlace(): { start: number; end: number } | undefined {
  const selection = getSelection()
  const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : undefined
  const root = document.querySelector('[data-answer]')
  if (!range || !root || range.collapsed || !root.contains(range.commonAncestorContainer)) return undefined
  const before = document.createRange()
  before.selectNodeContents(root)
  before.setEnd(range.startContainer, range.startOffset)
  const start = Array.from(before.toString()).length
  const end = start + Array.from(range.toString()).length
  return end > start ? { start, end } : undefined
}
