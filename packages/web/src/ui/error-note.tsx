import { AppError } from '@signalbox/sdk'
import { CircleAlert } from 'lucide-react'
import { classNames } from '../lib/class-names.ts'
import { Button } from './button.tsx'
import { CopyId } from './copy.tsx'
import { toast } from './toast.tsx'

type Props = { error: unknown; retry?: () => void; className?: string }

/** What happened, what to do, and something to copy into a report. */
export function ErrorNote({ error, retry, className }: Props) {
  const { title, hint, reference } = describeError(error)
  return (
    <div role="alert" className={classNames('flex items-start gap-2.5 rounded-md border border-line bg-error-soft px-3 py-2.5', className)}>
      <CircleAlert size={15} className="mt-0.5 shrink-0 text-error" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words text-error">{title}</p>
        {hint && <p className="text-soft">{hint}</p>}
        <p className="mt-0.5 -ml-1">
          <CopyId id={reference} what="error id" />
        </p>
      </div>
      {retry && (
        <Button size="small" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  )
}

/** An error in words: message, what to do next, and what finds it in the log of the server: its code and the id of its request, or when it was. */
export function describeError(error: unknown): { title: string; hint: string; reference: string } {
  if (error instanceof AppError) {
    return { title: error.message, hint: error.hint, reference: `${error.code} ${error.requestId ?? momentOf(error)}` }
  }
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return {
      title: 'The server does not answer',
      hint: 'Check that Signalbox is running; this page tries again by itself.',
      reference: 'network',
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    title: 'This part of the page failed',
    hint: 'Reload the page. If it stays, report it with this text.',
    reference: message.slice(0, 200),
  }
}

/** When an error was first shown, so that its reference stays the same however often it is drawn. */
function momentOf(error: object): string {
  const moment = moments.get(error) ?? new Date().toISOString()
  moments.set(error, moment)
  return moment
}
const moments = new WeakMap<object, string>()

/** Tells a failure that no dialog is there to show. */
export function toastError(error: unknown): void {
  const { title, hint } = describeError(error)
  toast({ title, description: hint, tone: 'error' })
}
