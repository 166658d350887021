import { CircleCheck, TriangleAlert } from 'lucide-react'
import { plural } from '../../../lib/format-number.ts'
import { Button } from '../../../ui/button.tsx'
import { Popover } from '../../../ui/popover.tsx'
import type { Finding } from './lint.ts'

/** What is odd about the variables, as one word to press. */
export function LintList({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0)
    return (
      <span className="ml-auto flex items-center gap-1 text-sm text-faint">
        <CircleCheck size={13} aria-hidden /> variables fit
      </span>
    )
  return (
    <span className="ml-auto">
      <Popover
        title="Variables"
        trigger={
          <Button size="small" kind="ghost">
            <TriangleAlert size={13} className="text-warning" aria-hidden /> {plural(findings.length, 'remark')}
          </Button>
        }
        className="max-w-96 p-3"
      >
        <ul className="flex flex-col gap-1">
          {findings.map(({ name, says, kind }) => (
            <li key={`${kind} ${name}`}>
              <span className="font-mono text-sm text-code-name">{name}</span> {says}
            </li>
          ))}
        </ul>
      </Popover>
    </span>
  )
}
