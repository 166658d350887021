/** The stretch of time in sight, in microseconds after the first span. */
export type Window = { from: number; to: number }

/** Closer than this nothing more can be told apart. */
const NARROWEST = 20

/** `by` < 1 is closer; what is at `middle` stays where it is. */
export function zoomed({ from, to }: Window, by: number, middle: number, total: number): Window {
  const width = Math.min(total, Math.max(NARROWEST, (to - from) * by))
  const share = to > from ? (middle - from) / (to - from) : 0.5
  return within({ from: middle - width * share, to: middle + width * (1 - share) }, total)
}

/** Moved by a share of what is in sight. */
export const moved = ({ from, to }: Window, share: number, total: number): Window =>
  within({ from: from + (to - from) * share, to: to + (to - from) * share }, total)

/** Never beyond the trace. */
function within({ from, to }: Window, total: number): Window {
  const width = Math.min(total, to - from)
  const start = Math.min(Math.max(0, from), total - width)
  return { from: start, to: start + width }
}

/** A stretch with room around it, to look at one span. */
export function around(start: number, end: number, total: number): Window {
  const room = Math.max(NARROWEST, (end - start) * 0.15)
  return within({ from: start - room, to: end + room }, total)
}

/** Round marks on the axis, about as many as asked for. */
export function ticks({ from, to }: Window, about: number): number[] {
  const rough = (to - from) / Math.max(1, about)
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? power * 10
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, at) => (first + at) * step)
}
