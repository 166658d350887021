import type { Span } from '@signalbox/schema'
import { CodeBlock } from '../../ui/code-block.tsx'

/** How a price of each unit is written in `signalbox.yaml`, and what it is for. */
const UNIT_PRICES: Record<string, { price: string; per: string }> = {
  image: { price: 'image: 0.04', per: 'per image' },
  character: { price: 'characters: 15', per: 'per million characters' },
  second: { price: 'minute: 0.006', per: 'per minute of audio' },
}

/** Why a cost is unknown, and the lines that make it known for calls from then on. `units`: what was used instead of tokens. */
export function NoPrice({ span, units }: { span: Span; units: readonly string[] }) {
  const own = units.flatMap((unit) => UNIT_PRICES[unit] ?? [])
  // A request as such has no price in the file, but it costs nothing where tokens cost nothing.
  const isFreeAtMost = units.length > 0 && own.length === 0
  const tokens = isFreeAtMost ? 'input: 0, output: 0' : 'input: 0.50, output: 1.50'
  const prices = [tokens, ...own.map(({ price }) => price)].join(', ')
  const note = ['US dollars per million tokens', ...own.map(({ per }) => per)].join(', ')
  return (
    <div className="mt-4">
      <p className="mb-2 text-soft">
        No price is known for {span.provider}/{span.model}, so the cost is unknown rather than zero.{' '}
        {isFreeAtMost ? 'If it is free, say so in signalbox.yaml' : 'Give it one in signalbox.yaml'}; it holds for calls from then on.
      </p>
      <CodeBlock
        label="price in signalbox.yaml"
        code={`prices:                 # ${note}\n  - { provider: ${span.provider ?? 'NAME'}, model: ${JSON.stringify(span.model ?? 'NAME')}, ${prices} }`}
      />
    </div>
  )
}
