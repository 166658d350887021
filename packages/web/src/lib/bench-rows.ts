type Row = Record<string, unknown> & { output: unknown }

/** Rows to try an evaluator on: JSON lines, a JSON list or object, or plain text, which is one answer. */
export function readRows(text: string): { rows: Row[] } | { problem: string } {
  const plain = text.trim()
  if (plain === '') return { problem: 'There is no row.' }
  if (!/^[[{]/.test(plain)) return { rows: [{ output: plain }] }
  const whole = parse(plain)
  const found =
    whole === undefined
      ? plain.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [{ line: at + 1, value: parse(line) }]))
      : (Array.isArray(whole) ? whole : [whole]).map((value, at) => ({ line: at + 1, value }))
  const wrong = found.find(({ value }) => typeof value !== 'object' || value === null || Array.isArray(value))
  if (wrong) return { problem: `Row ${wrong.line} is no JSON object.` }
  const without = found.find(({ value }) => !Object.hasOwn(value as object, 'output'))
  if (without) return { problem: `Row ${without.line} has no "output": what is judged.` }
  if (found.length > 50) return { problem: `There are ${found.length} rows; 50 can be tried at once.` }
  return { rows: found.map(({ value }) => value as Row) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
