import { type FragmentRef, fragmentsInText, writePromptRef } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { promptKeys } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { classNames } from '../../../lib/class-names.ts'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { Skeleton } from '../../../ui/skeleton.tsx'
import { PromptLink } from '../prompt-links.tsx'
import { Painted } from './painted.tsx'

/** The fragments that a text includes, each to unfold to what stands there now. */
export function Fragments({ text }: { text: string }) {
  const { found, broken } = fragmentsInText(text)
  const refs = [...new Map(found.map(({ ref }) => [writePromptRef(ref), ref])).entries()]
  if (refs.length === 0 && broken.length === 0) return null
  return (
    <ul aria-label="Fragments" className="mt-1.5 flex flex-col gap-1">
      {refs.map(([name, ref]) => (
        <Fragment key={name} fragment={ref} />
      ))}
      {broken.map(({ tag, problem }) => (
        <li key={tag} className="flex items-center gap-1.5 text-sm text-warning">
          <TriangleAlert size={13} aria-hidden />
          <code className="font-mono">{tag}</code> {problem}
        </li>
      ))}
    </ul>
  )
}

function Fragment({ fragment }: { fragment: FragmentRef }) {
  const project = useProject()
  const [open, setOpen] = useState(false)
  const name = writePromptRef(fragment)
  const query = useQuery({
    queryKey: [...promptKeys.one(project, fragment.name), 'fragment', name],
    queryFn: ({ signal }) => clientFor(project).prompts.get(fragment, { signal }),
    retry: false,
  })
  const content = query.data?.resolved ?? query.data?.content
  return (
    <li className="rounded-md border border-line bg-surface-0">
      <div className="flex min-h-7 items-center gap-1.5 pr-2">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 items-center gap-1.5 rounded-sm px-2 py-0.5 hover:text-accent"
        >
          <ChevronRight size={12} aria-hidden className={classNames('shrink-0 text-faint', open && 'rotate-90')} />
          <span className="truncate font-mono text-sm">{name}</span>
        </button>
        {query.error ? (
          <span className="flex items-center gap-1 text-sm text-error">
            <TriangleAlert size={13} aria-hidden /> cannot be included
          </span>
        ) : (
          query.data && (
            <PromptLink name={fragment.name} version={query.data.version} className="text-sm text-faint hover:text-accent hover:underline">
              v{query.data.version}
            </PromptLink>
          )
        )}
      </div>
      {open && (
        <div className="border-t border-line px-2.5 py-2">
          {query.error ? (
            <ErrorNote error={query.error} />
          ) : content ? (
            <pre className="font-mono text-sm leading-[19px] break-words whitespace-pre-wrap">
              <Painted language={content.engine} text={content.text ?? 'A chat prompt cannot stand inside another.'} />
            </pre>
          ) : (
            <Skeleton className="h-4 w-1/2" />
          )}
        </div>
      )}
    </li>
  )
}
