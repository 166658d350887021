import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { classNames } from '../lib/class-names.ts'
import { IconButton } from './button.tsx'

type Props = {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children: ReactNode
  wide?: boolean
  /** A dialog that shows something only once does not close on a stray click. */
  sticky?: boolean
}

/** A window over the page that holds the focus until it is closed. */
export function Dialog({ open, onClose, title, description, children, wide = false, sticky = false }: Props) {
  const body = useRef<HTMLDivElement>(null)
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} disablePointerDismissal={sticky}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-(--scrim) transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          initialFocus={() => body.current?.querySelector<HTMLElement>('input, textarea, button') ?? body.current ?? true}
          className={classNames(
            'floating fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] -translate-x-1/2 flex-col',
            wide ? 'w-[min(640px,calc(100vw-32px))]' : 'w-[min(520px,calc(100vw-32px))]',
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description && <Base.Description className="mt-0.5 text-soft">{description}</Base.Description>}
            </div>
            <Base.Close render={<IconButton label="Close" size="small-icon" />}>
              <X size={15} />
            </Base.Close>
          </header>
          <div ref={body} tabIndex={-1} className="min-h-0 overflow-y-auto px-5 pt-4 pb-5 outline-none">
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
