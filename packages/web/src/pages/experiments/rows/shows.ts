export const SHOWS = ['all', 'worse', 'better', 'changed', 'flaky', 'failed', 'errors'] as const
/** Which rows are shown. */
export type Show = (typeof SHOWS)[number]
/** What only a comparison knows. */
export const NEEDS_BASELINE: ReadonlySet<Show> = new Set(['worse', 'better', 'changed'])

export const SHOW_WORDS: Record<Show, string> = {
  all: 'All',
  worse: 'Got worse',
  better: 'Got better',
  changed: 'Changed',
  flaky: 'Flaky',
  failed: 'Failed',
  errors: 'Errors',
}

/** As the address says it. */
export const readShow = (text: string | undefined): Show => SHOWS.find((one) => one === text) ?? 'all'
