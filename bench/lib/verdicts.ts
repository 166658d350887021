import { figure, table } from './table.ts'

export type Verdict = { what: string; wanted: string; got: string; ok: boolean }
export type Target = { limit: number; unit: string; atLeast?: boolean }

/** What was measured against what must be reached; nothing where it was not measured. */
export function judge(what: string, got: number, { limit, unit, atLeast = false }: Target): Verdict[] {
  if (!Number.isFinite(got)) return []
  return [
    {
      what,
      wanted: `${atLeast ? '≥' : '≤'} ${figure(limit, Number.isInteger(limit) ? 0 : 2)} ${unit}`,
      got: `${figure(got)} ${unit}`,
      ok: atLeast ? got >= limit : got <= limit,
    },
  ]
}

/** As a table with the word that counts. */
export const verdictTable = (judged: readonly Verdict[]): string =>
  table(
    ['what', 'wanted', 'measured', ''],
    judged.map(({ what, wanted, got, ok }) => [what, wanted, got, ok ? 'reached' : 'MISSED']),
  )
