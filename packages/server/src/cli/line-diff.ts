/** Lines around a change that are shown with it. */
const CONTEXT = 2
/** Above this the table of the longest common part would be too large: then all lines are new. */
const MOST_CELLS = 4_000_000

/** The lines of two texts, marked `-`, `+` and (around changes) with a space; `…` where lines were left out. */
export function lineDiff(before: string, after: string): string[] {
  const [left, right] = [before.split('\n'), after.split('\n')]
  const marked =
    left.length * right.length > MOST_CELLS ? [...left.map((line) => `-${line}`), ...right.map((line) => `+${line}`)] : marks(left, right)
  const near = marked.map((_, at) => marked.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => line[0] !== ' '))
  return marked.flatMap((line, at) => (near[at] ? [line] : near[at - 1] || at === 0 ? ['…'] : []))
}

/** By the longest common subsequence. */
function marks(left: readonly string[], right: readonly string[]): string[] {
  const width = right.length + 1
  const common = new Uint32Array((left.length + 1) * width)
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      common[i * width + j] =
        left[i] === right[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0)
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(` ${left[i]}`)
      i++
      j++
    } else if (i < left.length && (j === right.length || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)))
      lines.push(`-${left[i++]}`)
    else lines.push(`+${right[j++]}`)
  }
  return lines
}
