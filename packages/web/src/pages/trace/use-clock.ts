import { useEffect, useState } from 'react'

/** The time in microseconds, moving twice a second while something runs, else standing still. */
export function useClock(runs: boolean): number {
  const [now, setNow] = useState(() => Date.now() * 1000)
  useEffect(() => {
    if (!runs) return
    setNow(Date.now() * 1000)
    const timer = setInterval(() => setNow(Date.now() * 1000), 500)
    return () => clearInterval(timer)
  }, [runs])
  return now
}
