import type { ReviewAgreement, ReviewerPace } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { agreementQuery } from '../../data/reviews.ts'
import { formatCount } from '../../lib/format-number.ts'
import { NativeSelect } from '../../ui/native-select.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Estimate } from './estimate.tsx'

type Props = { project: string; queueId: string; newest: number }

/** How far people agree with each other, and how each of them answers. Versions of the rubric are never mixed. */
export function AgreementTab({ project, queueId, newest }: Props) {
  const { version, measure } = useSearch({ from: '/p/$project/reviews/$queueId' })
  const navigate = useNavigate({ from: '/p/$project/reviews/$queueId' })
  const asked = Math.min(newest, Math.max(1, Number(version) || newest))
  const query = useQuery(agreementQuery(project, queueId, { rubricVersion: asked, measure }))
  return (
    <Loaded query={query} skeleton={<SkeletonRows />}>
      {({ measures, reviewers }) => {
        const of = measures.find((one) => one.measure.id === measure) ?? measures[0]
        return (
          <div className="flex flex-col gap-4">
            <Panel
              title="Agreement"
              description="Each number with the interval that holds the true one in 95 of 100 such samples."
              actions={
                newest > 1 && (
                  <NativeSelect
                    label="Version of the rubric"
                    className="w-44"
                    value={`${asked}`}
                    choices={Array.from({ length: newest }, (_, at) => ({
                      value: `${newest - at}`,
                      label: `Rubric version ${newest - at}`,
                    }))}
                    onChange={(value) => navigate({ search: (before) => ({ ...before, version: value }) })}
                  />
                )
              }
            >
              <Table label="Agreement" columns={MEASURES} rows={measures} rowKey={(row) => row.measure.id} />
            </Panel>
            {of && <Advice of={of} />}
            <Panel
              title="Reviewers"
              description={of ? `How each answers “${of.measure.title}”. Items whose answers are not all in are left out.` : undefined}
              actions={
                measures.length > 1 && (
                  <NativeSelect
                    label="Question"
                    className="w-56"
                    value={of?.measure.id ?? ''}
                    choices={measures.map((one) => ({ value: one.measure.id, label: one.measure.title }))}
                    onChange={(value) => navigate({ search: (before) => ({ ...before, measure: value }) })}
                  />
                )
              }
            >
              {reviewers.length === 0 ? (
                <p className="px-3 py-6 text-center text-soft">Nobody has answered yet.</p>
              ) : (
                <Table label="Reviewers" columns={REVIEWERS} rows={reviewers} rowKey={({ id }) => id} />
              )}
            </Panel>
            {of && of.pairs.length > 1 && (
              <Panel title="Pairs" description={`Cohen’s κ of each two people on “${of.measure.title}”.`}>
                <Table label="Pairs" columns={PAIRS} rows={of.pairs} rowKey={({ a, b }) => `${a} ${b}`} />
              </Panel>
            )}
          </div>
        )
      }}
    </Loaded>
  )
}

/** What the numbers mean, in words, and what to do about them. */
function Advice({ of }: { of: ReviewAgreement }) {
  const { alpha, items, raw, gwet, baseRates } = of
  const rare = Math.max(0, ...Object.values(baseRates)) > 0.9
  const says =
    items < 30
      ? `Only ${formatCount(items)} items have two answers. Below thirty, the numbers say little; answer more before you change anything.`
      : alpha.value === null
        ? 'Everybody gave the same answer, so that agreement by chance cannot be told from agreement by judgement. Add harder items.'
        : rare && alpha.value < 0.67 && (gwet.value ?? 0) > 0.67
          ? `One answer is much more frequent than the others. Then α is low even where people agree (they do in ${percent(raw.value)} of pairs); Gwet’s AC1 is the better number here.`
          : alpha.value >= 0.8
            ? 'People agree well. What they decide can be relied on, and judges be held against it.'
            : alpha.value >= 0.67
              ? 'People agree enough for tentative conclusions. Look at the disputed items: most often one sentence in the guideline is missing.'
              : 'People do not agree enough. The guideline is the problem before any judge is: read the disputed items together, say what each answer means with an example, and make a new version of the rubric.'
  return (
    <div role="note" className="rounded-md border border-line bg-surface-1 px-3 py-2 text-soft">
      <p>
        <span className="font-medium text-text">{of.measure.title}</span> {says}
      </p>
      <p className="text-sm text-faint">
        Answers:{' '}
        {Object.entries(baseRates)
          .map(([name, part]) => `${name} ${percent(part)}`)
          .join(', ')}
      </p>
    </div>
  )
}

const percent = (value: number | null) => (value === null ? '–' : `${(value * 100).toFixed(0)} %`)

const MEASURES: Column<ReviewAgreement>[] = [
  {
    id: 'title',
    header: 'Question',
    className: 'w-full max-w-0',
    cell: ({ measure }) => <span className="block truncate">{measure.title}</span>,
  },
  { id: 'items', header: <span data-tip="With two answers or more">Items</span>, align: 'right', cell: ({ items }) => formatCount(items) },
  {
    id: 'raw',
    header: (
      <span data-tip="Of two answers to one item, how often they are the same. High by itself where one answer is frequent.">
        Same answer
      </span>
    ),
    align: 'right',
    cell: ({ raw }) => <Estimate of={raw} as="percent" />,
  },
  {
    id: 'alpha',
    header: (
      <span data-tip="Krippendorff’s α: 1 is full agreement, 0 what chance gives. From 0.80 on it is good, below 0.67 not to be relied on.">
        α
      </span>
    ),
    align: 'right',
    cell: ({ alpha }) => <Estimate of={alpha} />,
  },
  {
    id: 'gwet',
    header: <span data-tip="Gwet’s AC1: like α, and not pulled down where one answer is rare.">AC1</span>,
    align: 'right',
    wideOnly: true,
    cell: ({ gwet }) => <Estimate of={gwet} />,
  },
  {
    id: 'kappa',
    header: <span data-tip="Cohen’s κ of two reviewers, weighted where answers have an order; Fleiss’ κ of more.">κ</span>,
    align: 'right',
    wideOnly: true,
    cell: ({ weighted, cohen, fleiss }) => <Estimate of={weighted ?? cohen ?? fleiss} none="Of reviewers who vary, only α is defined" />,
  },
]

const signed = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value * 100).toFixed(1)}`
const REVIEWERS: Column<ReviewerPace>[] = [
  {
    id: 'name',
    header: 'Reviewer',
    className: 'w-full max-w-0',
    cell: ({ id, name }) => <span className="block truncate">{name ?? id}</span>,
  },
  { id: 'answers', header: 'Answers', align: 'right', cell: ({ answers }) => formatCount(answers) },
  { id: 'skipped', header: 'Skipped', align: 'right', wideOnly: true, cell: ({ skipped }) => formatCount(skipped) },
  {
    id: 'seconds',
    header: <span data-tip="Half of the answers took less">Seconds per item</span>,
    align: 'right',
    cell: ({ medianSeconds }) => (medianSeconds === null ? '–' : medianSeconds.toFixed(1)),
  },
  {
    id: 'pass',
    header: <span data-tip="How good they found what they saw, from 0 to 100">Mean score (%)</span>,
    align: 'right',
    cell: ({ passRate }) => (passRate === null ? '–' : (passRate * 100).toFixed(1)),
  },
  {
    id: 'bias',
    header: (
      <span data-tip="That, less what others said of the same items, in points: above zero is milder than the others">
        Milder (+) or stricter (−)
      </span>
    ),
    align: 'right',
    cell: ({ bias }) => (bias === null ? '–' : signed(bias)),
  },
  {
    id: 'gold',
    header: <span data-tip="How often they said what stood in the end">As decided (%)</span>,
    align: 'right',
    wideOnly: true,
    cell: ({ againstGold }) => (againstGold === null ? '–' : (againstGold * 100).toFixed(1)),
  },
]
const PAIRS: Column<ReviewAgreement['pairs'][number]>[] = [
  { id: 'a', header: 'One', cell: ({ a }) => a },
  { id: 'b', header: 'Other', className: 'w-full', cell: ({ b }) => b },
  { id: 'items', header: 'Items', align: 'right', cell: ({ items }) => formatCount(items) },
  { id: 'same', header: 'Same answer', align: 'right', cell: ({ agreement }) => percent(agreement) },
  { id: 'kappa', header: 'κ', align: 'right', cell: ({ kappa }) => <Estimate of={kappa} /> },
]
