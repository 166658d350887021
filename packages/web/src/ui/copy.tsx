import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { classNames } from '../lib/class-names.ts'
import { IconButton } from './button.tsx'
import { toast } from './toast.tsx'

/** Puts a text on the clipboard, also where the page is served without TLS and the clipboard API is missing. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = Object.assign(document.createElement('textarea'), { value: text, readOnly: true })
    area.style.cssText = 'position:fixed;opacity:0'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

/** Copies and says so; for menus and shortcuts, where no button can show it. */
export async function copyAndTell(text: string, what: string): Promise<void> {
  const done = await copyText(text)
  toast({ title: done ? `${what} copied` : 'The browser refused to copy', ...(done ? {} : { description: text, tone: 'error' as const }) })
}

/** `text` may be made when it is asked for, where it is long. */
type CopyButtonProps = { text: string | (() => string); label?: string; size?: 'icon' | 'small-icon' }
/** A button with the copy icon that turns into a tick for a moment. */
export function CopyButton({ text, label = 'Copy', size = 'small-icon' }: CopyButtonProps) {
  const { copied, copy } = useCopied()
  return (
    <IconButton label={copied ? 'Copied' : label} size={size} onClick={() => copy(typeof text === 'string' ? text : text())}>
      {copied ? <Check size={14} className="text-ok" /> : <Copy size={14} />}
    </IconButton>
  )
}

type CopyIdProps = { id: string; children?: ReactNode; what?: string; className?: string; strong?: boolean }
/** An id in code type that copies on click. `children` may be a shorter form of it. */
export function CopyId({ id, children, what = 'id', className, strong = false }: CopyIdProps) {
  const { copied, copy } = useCopied()
  return (
    <button
      type="button"
      data-tip={copied ? 'Copied' : `Copy ${what}\n${id}`}
      aria-label={`Copy ${what} ${id}`}
      onClick={(event) => {
        event.stopPropagation()
        copy(id)
      }}
      className={classNames(
        'inline-flex max-w-[calc(100%+4px)] items-center gap-1 rounded-sm px-1 font-mono text-sm hover:bg-surface-2 hover:text-text',
        strong ? 'text-text' : 'text-soft',
        className,
      )}
    >
      <span className="truncate">{children ?? id}</span>
      {copied && <Check size={12} className="shrink-0 text-ok" />}
    </button>
  )
}

function useCopied() {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1400)
    return () => clearTimeout(timer)
  }, [copied])
  return { copied, copy: async (text: string) => setCopied(await copyText(text)) }
}
