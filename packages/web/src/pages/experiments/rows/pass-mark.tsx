import { CircleAlert, CircleCheck, CircleDashed, CircleX, Minus } from 'lucide-react'
import type { verdictOf } from './row-text.ts'

/** Passed, failed, an error, not applicable, or nothing said yet: an icon with its word for who cannot see it. */
export function PassMark({ of: { pass, status } }: { of: ReturnType<typeof verdictOf> }) {
  const [Icon, tone, word] =
    status === 'error'
      ? ([CircleAlert, 'text-warning', 'error'] as const)
      : status === 'na'
        ? ([Minus, 'text-faint', 'not applicable'] as const)
        : pass === true
          ? ([CircleCheck, 'text-ok', 'passed'] as const)
          : pass === false
            ? ([CircleX, 'text-error', 'failed'] as const)
            : ([CircleDashed, 'text-faint', status === 'scored' ? 'scored' : 'no verdict'] as const)
  return (
    <span className={`inline-flex shrink-0 ${tone}`} data-tip={word}>
      <Icon size={14} aria-hidden />
      <span className="sr-only">{word}</span>
    </span>
  )
}
