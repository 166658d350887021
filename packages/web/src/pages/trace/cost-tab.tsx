import { type Span, USAGE_BUCKETS, type Usage } from '@signalbox/schema'
import { TriangleAlert } from 'lucide-react'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Money } from '../../ui/values.tsx'

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

/** Tokens by kind, what each kind cost, and by which price. */
export function CostTab({ span, counted }: { span: Span; counted: boolean }) {
  if (!counted) return <p className="px-4 py-4 text-faint">This step called no model, so it has no tokens and no cost.</p>
  const used = USAGE_BUCKETS.filter((bucket) => span.usage[bucket] > 0)
  return (
    <div className="px-4 pt-4 pb-6">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        {span.usageSource === 'estimated' && (
          <Badge tone="warning" icon={<TriangleAlert size={12} />} tip="The provider sent no usage, so the tokens were counted here">
            estimated tokens
          </Badge>
        )}
        {span.usageSource === 'provider' && <Badge tone="ok">counted by the provider</Badge>}
        {span.usageSource === 'none' && <Badge>no usage known</Badge>}
        {span.usageRole === 'aggregate' && <Badge tip="Sums leave this span out: its children are counted">repeats its children</Badge>}
      </div>
      <table className="w-full" aria-label="Cost by kind of token">
        <thead>
          <tr className="h-8 border-b border-line text-sm text-faint">
            <th scope="col" className="text-left font-medium">
              Tokens
            </th>
            <th scope="col" className="text-right font-medium">
              Count
            </th>
            <th scope="col" className="text-right font-medium">
              USD per million
            </th>
            <th scope="col" className="text-right font-medium">
              Cost (USD)
            </th>
          </tr>
        </thead>
        <tbody>
          {used.map((bucket) => {
            const part = span.costParts[bucket] ?? null
            return (
              <tr key={bucket} className="h-8 border-b border-line">
                <th scope="row" className="text-left font-normal">
                  {BUCKETS[bucket]}
                </th>
                <td className="tabular text-right">{formatCount(span.usage[bucket])}</td>
                <td className="tabular text-right text-soft">
                  {part === null ? '–' : formatUsd((Number(part) / span.usage[bucket]) * 1e6, { bare: true })}
                </td>
                <td className="tabular text-right">
                  <Money usd={part} bare reason="No price is known for this kind of token" />
                </td>
              </tr>
            )
          })}
          {Object.entries(span.costParts)
            .filter(([bucket]) => !(bucket in BUCKETS))
            .map(([name, part]) => (
              <tr key={name} className="h-8 border-b border-line">
                <th scope="row" className="text-left font-normal">
                  {name}
                </th>
                <td />
                <td />
                <td className="tabular text-right">
                  <Money usd={part} bare />
                </td>
              </tr>
            ))}
        </tbody>
        <tfoot>
          <tr className="h-9 font-medium">
            <th scope="row" className="text-left">
              Total
            </th>
            <td className="tabular text-right">{formatCount(used.reduce((sum, bucket) => sum + span.usage[bucket], 0))}</td>
            <td />
            <td className="tabular text-right">
              <Money usd={span.costUsd} bare reason={`No price is known for ${span.model ?? 'this model'}`} />
            </td>
          </tr>
        </tfoot>
      </table>
      {span.priceVersion && span.costUsd !== null && <p className="mt-2 text-sm text-faint">Prices: {span.priceVersion}</p>}
      {span.costUsd === null && used.length > 0 && <NoPrice span={span} />}
    </div>
  )
}

function NoPrice({ span }: { span: Span }) {
  return (
    <div className="mt-4">
      <p className="mb-2 text-soft">
        No price is known for {span.provider}/{span.model}, so the cost is unknown rather than zero. Give it one in signalbox.yaml; it holds
        for calls from then on.
      </p>
      <CodeBlock
        label="price in signalbox.yaml"
        code={`prices:                 # US dollars per million tokens\n  - { provider: ${span.provider ?? 'NAME'}, model: ${JSON.stringify(span.model ?? 'NAME')}, input: 0.50, output: 1.50 }`}
      />
    </div>
  )
}
