import type { DatasetItem } from '@signalbox/schema'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useProject } from '../../../data/view.ts'
import { editText } from '../../../lib/cell-text.ts'
import { classNames } from '../../../lib/class-names.ts'
import { CopyId } from '../../../ui/copy.tsx'
import { SidePanel } from '../../../ui/side-panel.tsx'

type Props = { item: DatasetItem; alike: { of: string; similarity: number } | undefined; onClose: () => void }

/** All that an item holds, and where it came from. */
export function ItemPanel({ item, alike, onClose }: Props) {
  const project = useProject()
  const navigate = useNavigate({ from: '/p/$project/datasets/$' })
  const search = useSearch({ from: '/p/$project/datasets/$' })
  const [wide, setWide] = useState(false)
  const { content, source } = item
  return (
    <SidePanel
      label="Item"
      wide={wide}
      onWide={setWide}
      onClose={onClose}
      head={
        <>
          <h2 className="truncate font-semibold">
            <CopyId id={item.id} what="item id" className="-ml-1" />
          </h2>
          <p className="text-sm text-soft">
            {item.split ?? 'no split'}, as it is since version {item.since}
          </p>
        </>
      }
    >
      <div className="flex flex-col gap-4 p-4">
        {content === null ? (
          <p className="flex items-center gap-2 text-soft">
            <Lock size={14} aria-hidden /> Sealed: what it holds is read only by who opens the holdout with a reason.
          </p>
        ) : (
          <>
            <Part title="Input" value={content.input} />
            <Part title="Expected" value={content.expected} absent="Nobody has said what should come back." />
            {content.context !== undefined && <Part title="Context" value={content.context} />}
            {Object.keys(content.metadata).length > 0 && <Part title="Metadata" value={content.metadata} />}
          </>
        )}
        {source && (
          <Section title="Source">
            {source.kind === 'trace' ? (
              <Link
                to="/p/$project/traces/$traceId"
                params={{ project, traceId: source.traceId }}
                search={{ span: source.spanId }}
                className="text-accent hover:underline"
              >
                The call that it was made of
              </Link>
            ) : source.kind === 'import' ? (
              `A file: ${source.format}`
            ) : (
              `Written by ${source.model}${source.from.length > 0 ? ` after ${source.from.join(', ')}` : ''}`
            )}
          </Section>
        )}
        {alike && (
          <Section title="Near duplicate">
            Says {Math.round(alike.similarity * 100)}% the same as{' '}
            <button
              type="button"
              onClick={() => void navigate({ search: { ...search, item: alike.of, alike: undefined } })}
              className="text-accent hover:underline"
            >
              {alike.of}
            </button>
          </Section>
        )}
        <Section title="Hash">
          <CopyId id={item.hash} what="hash" className="-ml-1">
            {item.hash.slice(0, 16)}
          </CopyId>
        </Section>
      </div>
    </SidePanel>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 text-sm font-medium text-faint">{title}</h3>
      {children}
    </section>
  )
}

function Part({ title, value, absent }: { title: string; value: unknown; absent?: string }) {
  const text = editText(value)
  return (
    <Section title={title}>
      {text === '' ? (
        <p className="text-faint">{absent ?? 'Empty'}</p>
      ) : (
        <p
          className={classNames(
            'rounded-md border border-line p-2.5 break-words whitespace-pre-wrap',
            typeof value !== 'string' && 'font-mono text-sm',
          )}
        >
          {text}
        </p>
      )}
    </Section>
  )
}
