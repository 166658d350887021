import { type RefCallback, useCallback, useState } from 'react'

type Size = { width: number; height: number }

/** How large an element is, in pixels, from when it is on the page; 0 until then. */
export function useSize<E extends HTMLElement>(): [RefCallback<E>, Size] {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 })
  const host = useCallback((element: E | null) => {
    if (!element) return
    const read = () =>
      setSize((before) =>
        before.width === element.clientWidth && before.height === element.clientHeight
          ? before
          : { width: element.clientWidth, height: element.clientHeight },
      )
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [host, size]
}
