import type uPlot from 'uplot'
import type { Mark } from './series.ts'

/** Flags nearer to each other than this share one. */
const NEAR = 10

/** What stands at one place of the axis: one mark or several that are too close to be told apart. */
export type Flag = { left: number; marks: Mark[] }

/** Marks as flags at their places, those that would cover each other as one. */
export function flagsOf(marks: readonly Mark[], place: (at: number) => number, width: number): Flag[] {
  const flags: Flag[] = []
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const left = place(mark.at)
    if (left < 0 || left > width) continue
    const last = flags.at(-1)
    if (last && left - last.left < NEAR) last.marks.push(mark)
    else flags.push({ left, marks: [mark] })
  }
  return flags
}

/** What stands on a flag: how many, or of the only one the first letter of its kind. */
export const flagLetter = ({ marks }: Flag): string =>
  marks.length > 1 ? String(marks.length) : (marks[0]?.kind.charAt(0).toUpperCase() ?? '')

/** What a flag says when the pointer is on it. */
export function flagText({ marks }: Flag): string {
  const lines = marks.slice(0, LINES).map(({ at, kind, title }) => `${momentOf(at)}  ${kind}: ${title}`)
  return [...lines, ...(marks.length > LINES ? [`and ${marks.length - LINES} more`] : [])].join('\n')
}
const LINES = 6
const momentOf = (at: number) =>
  new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false })

/**
 * Draws the marks over a chart, as elements: they carry the page's own tooltip. The pointer reads them, the keyboard
 * and screen readers have the list of changes beside the charts.
 */
export function markLayer(read: () => readonly Mark[]): uPlot.Plugin {
  const layer = document.createElement('div')
  layer.className = 'chart-marks'
  const place = (plot: uPlot) => {
    const flags = flagsOf(read(), (at) => plot.valToPos(at / 1000, 'x'), plot.over.clientWidth)
    layer.replaceChildren(...flags.map(toElement))
  }
  return {
    hooks: {
      ready: (plot) => {
        plot.over.append(layer)
        place(plot)
      },
      setScale: (plot, scale) => {
        if (scale === 'x') place(plot)
      },
      setSize: place,
      setData: place,
    },
  }
}

function toElement(flag: Flag): HTMLElement {
  const line = document.createElement('div')
  line.style.left = `${Math.round(flag.left)}px`
  const head = document.createElement('span')
  head.dataset.tip = flagText(flag)
  head.textContent = flagLetter(flag)
  // What begins on a flag is no zoom and no pick.
  for (const event of ['mousedown', 'click'] as const) head.addEventListener(event, (pressed) => pressed.stopPropagation())
  line.append(head)
  return line
}
