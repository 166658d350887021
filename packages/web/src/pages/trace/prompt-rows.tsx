import type { Span } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { CopyId } from '../../ui/copy.tsx'
import type { CallFacts } from './call-facts.ts'

/** Which version of which prompt a step was made from, and how it was asked for. */
export function promptRows(span: Span, { prompt }: CallFacts, project: string): [name: string, value: ReactNode][] {
  const { promptName: name, promptVersion: version } = span
  if (!name) return []
  // A commit of another program is no version here.
  const isOurs = version !== null && /^\d{1,9}$/.test(version)
  return [
    [
      'Name',
      <Link
        key="prompt"
        to="/p/$project/prompts/$"
        params={{ project, _splat: name }}
        search={isOurs ? { version } : {}}
        className="break-all hover:text-accent hover:underline"
      >
        {name}
      </Link>,
    ],
    ['Version', version],
    ['Asked for as', prompt?.label],
    ['Variant', prompt?.variant],
    ['Hash', span.promptHash && <CopyId id={span.promptHash} what="hash" className="-ml-1" />],
  ]
}

/** What its variables said, or looked like where that is not kept. */
export const variableRows = ({ prompt }: CallFacts): [name: string, value: ReactNode][] =>
  (prompt?.variables ?? []).map(([variable, value]) => [
    variable,
    <span key={variable} className="line-clamp-6 font-mono text-sm break-words whitespace-pre-wrap">
      {value}
    </span>,
  ])
