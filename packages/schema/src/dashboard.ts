import { z } from 'zod'
import { addsUp, GRID_COLUMNS, unitOf } from './panel-units.ts'
import { Bucket, FIELDS, Filter, FilterField, Query } from './query.ts'

const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/i, { error: 'letters, digits, - and _, at most 60' })

export const PANEL_KINDS = ['line', 'bar', 'stacked', 'number', 'table', 'top', 'heatmap', 'text'] as const
export const PanelKind = z.enum(PANEL_KINDS).meta({
  description:
    'line, bar, stacked and heatmap over time; number: one value and how it changed; top: the greatest values of a dimension; table; text: Markdown.',
})
export type PanelKind = z.infer<typeof PanelKind>

/** What a panel asks: a query without its time, which is that of the page. */
export const PanelQuery = z.strictObject({
  measures: Query.shape.measures,
  dimensions: Query.shape.dimensions,
  filters: Query.shape.filters,
  bucket: Bucket.optional().meta({ description: 'How long one point of time is; by the range where it is absent.' }),
})
export type PanelQuery = z.output<typeof PanelQuery>

export const Threshold = z.strictObject({
  at: z.number().meta({ description: 'From this value on, up to the next threshold.' }),
  status: z.enum(['ok', 'warning', 'error']),
  words: z.string().trim().min(1, { error: 'say it in a word: a colour alone is not read by everybody' }).max(40),
})
export type Threshold = z.output<typeof Threshold>

/** How many measures and dimensions a kind of panel can show. */
const SHOWS: Record<Exclude<PanelKind, 'text'>, { measures: [number, number]; dimensions: [number, number]; together?: string }> = {
  line: { measures: [1, 8], dimensions: [0, 1], together: 'line' },
  stacked: { measures: [1, 8], dimensions: [0, 1], together: 'stacked' },
  bar: { measures: [1, 1], dimensions: [0, 0] },
  number: { measures: [1, 1], dimensions: [0, 0] },
  table: { measures: [1, 12], dimensions: [0, 4] },
  top: { measures: [1, 1], dimensions: [1, 1] },
  heatmap: { measures: [1, 1], dimensions: [1, 1] },
}

const many = ([least, most]: [number, number], noun: string): string => {
  if (most === 0) return `no ${noun}`
  if (least === most) return `exactly ${least} ${noun}`
  return least === 0 ? `at most ${most} ${noun}${most === 1 ? '' : 's'}` : `${least} to ${most} ${noun}s`
}

const WITH_THRESHOLDS: ReadonlySet<PanelKind> = new Set(['line', 'number', 'table', 'top'])

type Problem = { path: (string | number)[]; message: string }

/** What of a query a kind cannot show. */
function misfits(kind: Exclude<PanelKind, 'text'>, { measures, dimensions, bucket }: PanelQuery): Problem[] {
  const { measures: m, dimensions: d, together } = SHOWS[kind]
  const problems: Problem[] = []
  const within = (count: number, [least, most]: [number, number]) => count >= least && count <= most
  if (!within(measures.length, m)) problems.push({ path: ['measures'], message: `a panel of kind ${kind} takes ${many(m, 'measure')}` })
  if (!within(dimensions.length, d))
    problems.push({ path: ['dimensions'], message: `a panel of kind ${kind} takes ${many(d, 'dimension')}` })
  const units = [...new Set(measures.map((name) => unitOf(name)))]
  if (together && units.length > 1)
    problems.push({ path: ['measures'], message: `have different units (${units.join(', ')}), which cannot share an axis` })
  if (together && dimensions.length > 0 && measures.length > 1)
    problems.push({ path: ['measures'], message: 'only one measure beside a dimension: its values are the series' })
  const single = kind === 'stacked' ? measures.find((name) => !addsUp(name)) : undefined
  if (single) problems.push({ path: ['measures'], message: `${single} of parts does not add up to a whole: use kind line` })
  const twice =
    measures.find((name, index) => measures.indexOf(name) < index) ?? dimensions.find((name, index) => dimensions.indexOf(name) < index)
  if (twice)
    problems.push({ path: (measures as string[]).includes(twice) ? ['measures'] : ['dimensions'], message: `${twice} stands there twice` })
  for (const [index, name] of dimensions.entries()) {
    if (Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS].group : name.startsWith('metadata.')) continue
    problems.push({ path: ['dimensions', index], message: `results cannot be grouped by ${name}; filter by it instead` })
  }
  if (bucket && (kind === 'number' || kind === 'table' || kind === 'top'))
    problems.push({ path: ['bucket'], message: `a panel of kind ${kind} has no time axis` })
  return problems
}

/** What of a panel does not fit together, each with its place in it. */
function panelProblems({ kind, query, text, thresholds, x, w }: Fields): Problem[] {
  const problems: Problem[] = []
  if (kind === 'text') {
    if (text === undefined) problems.push({ path: ['text'], message: 'a panel of kind text needs a text' })
    if (query !== undefined) problems.push({ path: ['query'], message: 'a panel of kind text asks nothing' })
  } else {
    if (query === undefined) problems.push({ path: ['query'], message: `a panel of kind ${kind} needs a query with measures` })
    else problems.push(...misfits(kind, query).map(({ path, message }) => ({ path: ['query', ...path], message })))
    if (text !== undefined) problems.push({ path: ['text'], message: 'only a panel of kind text has a text' })
  }
  if ((x ?? 0) + w > GRID_COLUMNS) problems.push({ path: ['w'], message: `x and w together are more than ${GRID_COLUMNS} columns` })
  for (const [index, { at }] of thresholds.entries()) {
    const before = thresholds[index - 1]
    if (before && at <= before.at)
      problems.push({ path: ['thresholds', index, 'at'], message: 'thresholds go up: each is more than the one before' })
  }
  if (thresholds.length > 0 && !WITH_THRESHOLDS.has(kind))
    problems.push({ path: ['thresholds'], message: `a panel of kind ${kind} has none` })
  return problems
}

const panelFields = z.strictObject({
  id: slug.meta({ description: 'Names the panel within its dashboard, also in addresses.' }),
  title: z.string().trim().max(120).default(''),
  x: z
    .int()
    .min(0)
    .max(GRID_COLUMNS - 1)
    .optional()
    .meta({ description: 'Column, 0 to 11. Without x and y: the next free place.' }),
  y: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .meta({ description: 'Row. What lies above an empty place moves up no further than others allow.' }),
  w: z.int().min(2).max(GRID_COLUMNS).default(6).meta({ description: 'Columns of 12.' }),
  h: z.int().min(2).max(24).default(4).meta({ description: 'Rows of about 64 pixels.' }),
  kind: PanelKind,
  query: PanelQuery.optional(),
  text: z.string().max(10_000).optional().meta({ description: 'Markdown, for kind text. Nothing in it is loaded or run.' }),
  thresholds: z.array(Threshold).max(6).default([]),
  unit: z.string().trim().min(1).max(20).optional().meta({ description: 'Stands behind the numbers in place of the unit of the measure.' }),
  limit: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Series, or rows, at most; 8 series (6 that stand on each other) or 20 rows where it is absent.' }),
})
type Fields = z.output<typeof panelFields>

export const DashboardPanel = panelFields.superRefine((panel, context) => {
  for (const { path, message } of panelProblems(panel))
    context.addIssue({ code: 'custom', path, message: `${message} (panel ${panel.id})`, input: panel })
})
export type DashboardPanel = z.output<typeof DashboardPanel>

export const DashboardVariable = z.strictObject({
  name: slug.meta({ description: 'In the address of the page.' }),
  title: z.string().trim().min(1).max(60).optional(),
  field: FilterField.meta({ description: 'The chosen value filters all panels by it.' }),
  default: z.string().max(500).optional().meta({ description: 'Chosen at first. All values where it is absent.' }),
})
export type DashboardVariable = z.output<typeof DashboardVariable>

/** The ranges that move with the clock. */
export const RelativeRange = z.enum(['15m', '1h', '6h', '24h', '7d', '30d', '90d'])
const DashboardRange = z.union(
  [
    RelativeRange,
    z
      .strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })
      .refine(({ from, to }) => from < to, { error: '`from` is before `to`' }),
  ],
  { error: `one of ${RelativeRange.options.join(', ')}, or { from, to } as ISO times` },
)

export const DashboardName = z.string().trim().min(1, { error: 'at least one character' }).max(100)

/** A page of charts that somebody made: the same in the API, in signalbox.yaml and in an exported file. */
export const Dashboard = z
  .strictObject({
    name: DashboardName.meta({ title: 'Name' }),
    description: z.string().trim().max(500).default('').meta({ title: 'Description' }),
    range: DashboardRange.optional().meta({ description: 'The time that it begins with; an address with another time wins.' }),
    filters: z.array(Filter).max(20).default([]).meta({ description: 'Hold for all panels.' }),
    variables: z.array(DashboardVariable).max(8).default([]),
    panels: z.array(DashboardPanel).max(40).default([]),
  })
  .superRefine(({ panels, variables }, context) => {
    const unique = (path: 'panels' | 'variables', key: string, values: readonly string[]) => {
      for (const [index, value] of values.entries()) {
        const first = values.indexOf(value)
        if (first < index)
          context.addIssue({
            code: 'custom',
            path: [path, index, key],
            message: `is the same as ${path}[${first}].${key}: each needs its own`,
            input: value,
          })
      }
    }
    unique(
      'panels',
      'id',
      panels.map(({ id }) => id),
    )
    unique(
      'variables',
      'name',
      variables.map(({ name }) => name),
    )
    unique(
      'variables',
      'field',
      variables.map(({ field }) => field),
    )
  })
export type Dashboard = z.output<typeof Dashboard>

/** The id of a dashboard of signalbox.yaml: made of its name, so that its address stays. */
export const declaredDashboardId = (name: string): string =>
  `file-${name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')}`
