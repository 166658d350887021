import type { FormPart } from '../../lib/form-parts.ts'

export { type FormPart, formParts, isForm } from '../../lib/form-parts.ts'

/** The text of the last field of a name; undefined where there is none. */
export function fieldText(body: Buffer, parts: readonly FormPart[], name: string): string | undefined {
  const part = parts.findLast((candidate) => candidate.name === name && candidate.filename === undefined)
  return part && body.toString('utf8', part.start, part.end)
}

/** A form as JSON for the record: fields as they are, of files only name, type and size. */
export function describeForm(body: Buffer, parts: readonly FormPart[]): string {
  const described: Record<string, unknown[]> = Object.create(null)
  for (const { name, filename, type, start, end } of parts) {
    described[name] ??= []
    described[name].push(filename === undefined ? body.toString('utf8', start, end) : { filename, type: type ?? '', bytes: end - start })
  }
  return JSON.stringify(
    Object.fromEntries(Object.entries(described).map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
  )
}
