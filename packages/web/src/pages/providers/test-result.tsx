import type { ProviderTest } from '@signalbox/schema'
import { CircleAlert, CircleCheck, LoaderCircle, X } from 'lucide-react'
import { plural } from '../../lib/format-number.ts'
import { IconButton } from '../../ui/button.tsx'

/** A test that runs, or what came of it. */
export type Tested = { name: string; result: ProviderTest | null; error: string | null }

/** The last test, in words; read aloud when it ends. */
export function TestResult({ tested, onClose }: { tested: Tested | null; onClose: () => void }) {
  return (
    <div role="status" aria-live="polite">
      {tested && (
        <div className="flex items-start gap-2 border-t border-line px-3 py-2">
          <Outcome {...tested} />
          <IconButton label="Close the result" size="small-icon" onClick={onClose}>
            <X size={14} />
          </IconButton>
        </div>
      )}
    </div>
  )
}

const SHOWN = 200

function Outcome({ name, result, error }: Tested) {
  if (!result && !error) {
    return (
      <p className="flex min-w-0 flex-1 items-center gap-2 text-soft">
        <LoaderCircle size={14} aria-hidden /> Asking {name} for its models…
      </p>
    )
  }
  const problem = error ?? result?.problem
  if (!result?.ok || problem) {
    return (
      <p className="flex min-w-0 flex-1 items-start gap-2 text-error">
        <CircleAlert size={14} className="mt-0.5 shrink-0" aria-hidden />
        <span className="min-w-0 wrap-break-word">
          <span className="font-medium">{name}:</span> {problem}
        </span>
      </p>
    )
  }
  const { models, milliseconds } = result
  return (
    <div className="min-w-0 flex-1">
      <p className="flex items-center gap-2 text-ok">
        <CircleCheck size={14} className="shrink-0" aria-hidden />
        <span>
          <span className="font-medium">{name}</span> answered in {milliseconds} ms{models ? ` with ${plural(models.length, 'model')}` : ''}
          .
        </span>
      </p>
      {models && models.length > 0 && (
        <details className="mt-1 pl-[22px] text-sm">
          <summary className="w-fit cursor-pointer rounded-sm text-accent">Its models</summary>
          <p className="mt-1 font-mono text-soft">
            {models.slice(0, SHOWN).join(', ')}
            {models.length > SHOWN && ` and ${models.length - SHOWN} more`}
          </p>
        </details>
      )}
    </div>
  )
}
