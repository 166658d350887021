import { useEffect, useRef, useState } from 'react'

type Tip = { text: string; left: number; top: number; below: boolean }

/**
 * One tooltip for the whole page: it shows the `data-tip` of whatever is under the pointer or has the focus.
 * A component per cell would cost more than the cells themselves in a table of thousands.
 */
export function HoverTips() {
  const [tip, setTip] = useState<Tip | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    let current: Element | null = null
    const show = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest('[data-tip]') : null
      if (target === current) return
      current = target
      clearTimeout(timer.current)
      setTip(null)
      const text = target?.getAttribute('data-tip')
      if (!target || !text) return
      if (event.type === 'focusin' && !target.matches(':focus-visible')) return
      timer.current = setTimeout(() => {
        if (!target.isConnected) return
        const box = target.getBoundingClientRect()
        const below = box.top < 64
        const left = Math.min(Math.max(box.left + box.width / 2, 130), innerWidth - 130)
        setTip({ text, left, top: below ? box.bottom + 6 : box.top - 6, below })
      }, 250)
    }
    const hide = () => {
      current = null
      clearTimeout(timer.current)
      setTip(null)
    }
    const events = [
      ['pointerover', show],
      ['focusin', show],
      ['focusout', hide],
      ['pointerdown', hide],
      ['keydown', hide],
      ['wheel', hide],
    ] as const
    for (const [name, handler] of events) document.addEventListener(name, handler, { passive: true })
    return () => {
      for (const [name, handler] of events) document.removeEventListener(name, handler)
      clearTimeout(timer.current)
    }
  }, [])
  if (!tip) return null
  return (
    <div
      role="tooltip"
      className="floating pointer-events-none fixed z-[60] max-w-[min(380px,90vw)] px-2 py-1 text-sm break-words whitespace-pre-line text-text"
      style={{ left: tip.left, top: tip.top, transform: `translate(-50%, ${tip.below ? '0' : '-100%'})` }}
    >
      {tip.text}
    </div>
  )
}
