import { type Span, USAGE_BUCKETS, type Usage } from '@signalbox/schema'
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCount, formatShare, plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Money } from '../../ui/values.tsx'
import { type CallFacts, costDifference } from './call-facts.ts'
import { NoPrice } from './no-price.tsx'

const BUCKETS: Record<keyof Usage, string> = {
  input: 'Input',
  cacheRead: 'Input read from cache',
  cacheWrite: 'Input written to cache (5 min)',
  cacheWrite1h: 'Input written to cache (1 h)',
  inputAudio: 'Input audio',
  inputImage: 'Input images',
  output: 'Output',
  reasoning: 'Reasoning',
  outputAudio: 'Output audio',
}
const UNITS: Record<string, string> = { image: 'Images', character: 'Characters', second: 'Seconds of audio', request: 'Requests' }
const FEES: Record<string, string> = { call: 'Fee per call' }

type CostTabProps = { span: Span; counted: boolean; facts: CallFacts }
/** What was used (tokens by kind, else images, characters, seconds), what each cost by which price, and what the provider says. */
export function CostTab({ span, counted, facts }: CostTabProps) {
  const { units, providerCostUsd, costReason } = facts
  const used = USAGE_BUCKETS.filter((bucket) => span.usage[bucket] > 0)
  const byUnit = used.length === 0 && units.length > 0
  if (!counted && !byUnit && !costReason && providerCostUsd === null)
    return <p className="px-4 py-4 text-faint">This step called no model, so it has no tokens and no cost.</p>
  const rows: Row[] = byUnit
    ? units.map(([unit, count]) => row({ span, name: unit, label: UNITS[unit] ?? unit, count, per: 1 }))
    : used.map((bucket) => row({ span, name: bucket, label: BUCKETS[bucket], count: span.usage[bucket], per: 1e6 }))
  const named = new Set(rows.map(({ name }) => name))
  const fees = Object.entries(span.costParts).filter(([name]) => !named.has(name))
  return (
    <div className="px-4 pt-4 pb-6">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Source span={span} facts={facts} byUnit={byUnit} />
      </div>
      <table className="w-full" aria-label={byUnit ? 'Cost by unit' : 'Cost by kind of token'}>
        <thead>
          <tr className="h-8 border-b border-line text-sm text-faint">
            <th scope="col" className="text-left font-medium">
              {byUnit ? 'Unit' : 'Tokens'}
            </th>
            <th scope="col" className="text-right font-medium">
              Count
            </th>
            <th scope="col" className="text-right font-medium">
              {byUnit ? 'USD each' : 'USD per million'}
            </th>
            <th scope="col" className="text-right font-medium">
              Cost (USD)
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, label, count, each, part }) => (
            <Line key={name} label={label} count={count.toLocaleString('en-US')} price={formatUsd(each, { bare: true })}>
              <Money usd={part} bare reason={byUnit ? 'No price is known for this unit' : 'No price is known for this kind of token'} />
            </Line>
          ))}
          {fees.map(([name, part]) => (
            <Line key={name} label={FEES[name] ?? name}>
              <Money usd={part} bare />
            </Line>
          ))}
        </tbody>
        <tfoot>
          <tr className={classNames('h-9 font-medium', rows.length + fees.length > 0 && 'border-t border-line')}>
            <th scope="row" className="text-left">
              Total
            </th>
            <td className="tabular text-right">{!byUnit && formatCount(used.reduce((sum, bucket) => sum + span.usage[bucket], 0))}</td>
            <td />
            <td className="tabular text-right">
              <Money usd={span.costUsd} bare reason={costReason ?? `No price is known for ${span.model ?? 'this model'}`} />
            </td>
          </tr>
          {providerCostUsd !== null && <ProviderSays ours={span.costUsd} theirs={providerCostUsd} />}
        </tfoot>
      </table>
      {costReason && <p className="mt-2 text-sm text-soft">{costReason}</p>}
      {!byUnit && units.length > 0 && (
        <p className="mt-2 text-sm text-faint">
          Also used: {units.map(([unit, count]) => plural(count, unit)).join(', ')}. The provider counted tokens, so the price is by these.
        </p>
      )}
      {span.priceVersion && span.costUsd !== null && <p className="mt-2 text-sm text-faint">Prices: {span.priceVersion}</p>}
      {span.costUsd === null && !costReason && rows.length > 0 && <NoPrice span={span} units={byUnit ? units.map(([unit]) => unit) : []} />}
    </div>
  )
}

type Row = { name: string; label: string; count: number; each: number | null; part: string | null }
/** `per`: how many of them the price is for. */
function row({ span, name, label, count, per }: { span: Span; name: string; label: string; count: number; per: number }): Row {
  const part = span.costParts[name] ?? null
  return { name, label, count, each: part === null || count === 0 ? null : (Number(part) / count) * per, part }
}

type LineProps = { label: ReactNode; note?: string; count?: string; price?: string; children: ReactNode }
function Line({ label, note, count, price, children }: LineProps) {
  return (
    <tr className="h-8 border-t border-line first:border-t-0">
      <th scope="row" className="text-left font-normal">
        {label} {note && <span className="ml-1 text-sm text-faint">{note}</span>}
      </th>
      <td className="tabular text-right">{count}</td>
      <td className="tabular text-right text-soft">{price}</td>
      <td className="tabular text-right">{children}</td>
    </tr>
  )
}

/** The provider's own figure under ours, and how far apart they are. */
function ProviderSays({ ours, theirs }: { ours: string | null; theirs: string }) {
  const difference = costDifference(ours, theirs)
  return (
    <>
      <Line
        label={<span data-tip="What the provider itself says that it charges for this call">Provider says</span>}
        note={ours !== null && difference === null ? 'the same' : ''}
      >
        <Money usd={theirs} bare />
      </Line>
      {difference && (
        <Line label="Difference" note={difference.share === null ? '' : inWords(difference.share)}>
          {difference.usd > 0 && '+'}
          <Money usd={difference.usd} bare />
        </Line>
      )}
    </>
  )
}

const inWords = (share: number): string => `${formatShare(Math.abs(share))} ${share < 0 ? 'less' : 'more'}`

/** Who counted what the cost is made of. */
function Source({ span, facts, byUnit }: { span: Span; facts: CallFacts; byUnit: boolean }) {
  return (
    <>
      {span.usageSource === 'estimated' && (
        <Badge tone="warning" icon={<TriangleAlert size={12} />} tip="The provider sent no usage, so the tokens were counted here">
          estimated tokens
        </Badge>
      )}
      {span.usageSource === 'provider' && <Badge tone="ok">counted by the provider</Badge>}
      {span.usageSource === 'none' && byUnit && (
        <Badge tip="The provider counts no tokens for this kind of call">
          {`counted in ${facts.units.map(([unit]) => `${unit}s`).join(' and ')}`}
        </Badge>
      )}
      {span.usageSource === 'none' && !byUnit && !facts.costReason && <Badge>no usage known</Badge>}
      {span.usageRole === 'aggregate' && <Badge tip="Sums leave this span out: its children are counted">repeats its children</Badge>}
    </>
  )
}
