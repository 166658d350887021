import { Toast as Base } from '@base-ui/react/toast'
import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { IconButton } from './button.tsx'

const manager = Base.createToastManager()

/** A short message in the corner that goes by itself; errors stay longer and are read out at once. */
export function toast({ title, description, tone = 'ok' }: { title: string; description?: string; tone?: 'ok' | 'error' }): void {
  manager.add({ title, description, type: tone, timeout: tone === 'error' ? 10_000 : 3_000, priority: tone === 'error' ? 'high' : 'low' })
}

/** Where toasts appear; mounted once. */
export function Toaster() {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-[70] flex w-80 flex-col gap-2 outline-none">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function List() {
  const { toasts } = Base.useToastManager()
  return toasts.map((item) => (
    <Base.Root key={item.id} toast={item} className="floating flex items-start gap-2 px-3 py-2">
      <span className="pt-0.5">
        {item.type === 'error' ? <CircleAlert size={15} className="text-error" /> : <CircleCheck size={15} className="text-ok" />}
      </span>
      <Base.Content className="min-w-0 flex-1">
        <Base.Title className="font-medium" />
        <Base.Description className="text-sm break-words text-soft" />
      </Base.Content>
      <Base.Close render={<IconButton label="Dismiss" size="small-icon" className="-mr-1" />}>
        <X size={14} />
      </Base.Close>
    </Base.Root>
  ))
}
