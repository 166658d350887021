import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** How wide the place of a chart is, in pixels. */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, number] {
  const host = useRef<E>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = host.current
    if (!element) return
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [host, width]
}
