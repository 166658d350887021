import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Button, IconButton } from './button.tsx'

type Given = {
  title: string
  description?: string
  tone?: 'ok' | 'error'
  /** What can still be done about it, such as taking it back. */
  action?: { label: string; run: () => unknown }
}
type Toast = Required<Pick<Given, 'title' | 'tone'>> & { id: number; description: string | undefined; action: Given['action'] }
const MOST = 4

/** A short message in the corner that goes by itself; errors, and what can be taken back, stay longer. Errors are read out at once. */
export function toast({ title, description, tone = 'ok', action }: Given): void {
  count += 1
  const id = count
  show([...toasts, { id, title, description, tone, action }].slice(-MOST))
  setTimeout(() => dismiss(id), tone === 'error' || action ? 10_000 : 3_000)
}

/** Where toasts appear; mounted once. */
export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className="fixed right-4 bottom-4 z-[70] flex w-80 flex-col gap-2">
      {(['ok', 'error'] as const).map((tone) => (
        <div key={tone} role={tone === 'error' ? 'alert' : 'status'} className="flex flex-col gap-2">
          {shown
            .filter((item) => item.tone === tone)
            .map((item) => (
              <Message key={item.id} item={item} />
            ))}
        </div>
      ))}
    </div>
  )
}

function Message({ item }: { item: Toast }) {
  return (
    <div className="floating flex items-start gap-2 px-3 py-2">
      <span className="pt-0.5">
        {item.tone === 'error' ? <CircleAlert size={15} className="text-error" /> : <CircleCheck size={15} className="text-ok" />}
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">{item.title}</p>
        {item.description && <p className="text-sm break-words text-soft">{item.description}</p>}
      </div>
      {item.action && (
        <Button
          size="small"
          onClick={() => {
            dismiss(item.id)
            item.action?.run()
          }}
        >
          {item.action.label}
        </Button>
      )}
      <IconButton label="Dismiss" size="small-icon" className="-mr-1" onClick={() => dismiss(item.id)}>
        <X size={14} />
      </IconButton>
    </div>
  )
}

let toasts: Toast[] = []
let count = 0
const listeners = new Set<() => void>()
function show(next: Toast[]): void {
  toasts = next
  for (const notify of listeners) notify()
}
const dismiss = (id: number) => show(toasts.filter((item) => item.id !== id))
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
