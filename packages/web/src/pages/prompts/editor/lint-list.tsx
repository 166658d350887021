import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import type { Finding } from './lint.ts'

/** What is odd about the variables: a word to press, and below it what there is to say. */
export function LintList({ findings }: { findings: readonly Finding[] }) {
  const [open, setOpen] = useState(false)
  if (findings.length === 0)
    return (
      <span className="ml-auto flex items-center gap-1 text-sm text-faint">
        <CircleCheck size={13} aria-hidden /> variables fit
      </span>
    )
  return (
    <>
      <Button size="small" kind="ghost" className="ml-auto" aria-expanded={open} onClick={() => setOpen(!open)}>
        <TriangleAlert size={13} className="text-warning" aria-hidden /> {plural(findings.length, 'remark')}
      </Button>
      {open && (
        <ul aria-label="Remarks" className="w-full rounded-md bg-warning-soft px-3 py-2">
          {findings.map(({ name, says, kind }) => (
            <li key={`${kind} ${name}`}>
              <span className="font-mono text-sm">{name}</span> {says}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
