/** One JSON document on standard output. */
export const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2))

/** Rows as columns, padded with spaces; the header in capitals. */
export function printTable<R extends Record<string, string>>(rows: readonly R[], columns: readonly (keyof R & string)[]): void {
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  console.log(
    [line(columns.map((column) => column.toUpperCase())), ...rows.map((row) => line(columns.map((c) => row[c] ?? '')))].join('\n'),
  )
}
