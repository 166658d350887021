import type { SpanDetail } from '@signalbox/schema'
import type { Json } from '@signalbox/sdk/conversation'
import { CopyButton } from '../../ui/copy.tsx'
import { JsonTree } from '../../ui/json-tree.tsx'

/** Input, output and attributes as they were recorded. */
export function RawTab({ detail }: { detail: SpanDetail }) {
  return (
    <div className="px-4 pb-6">
      {(['input', 'output', 'attributes'] as const).map((name) => {
        const value = detail[name] as Json
        return (
          <section key={name} aria-label={name} className="pt-3">
            <header className="flex h-7 items-center">
              <h3 className="text-sm font-medium text-faint capitalize">{name}</h3>
              {value !== null && (
                <span className="ml-auto">
                  <CopyButton text={() => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))} label={`Copy ${name}`} />
                </span>
              )}
            </header>
            <div className="rounded-md border border-line p-2.5">
              {value === null ? (
                <span className="text-faint">nothing</span>
              ) : (
                <JsonTree value={value} openDepth={name === 'attributes' ? 2 : 3} />
              )}
            </div>
          </section>
        )
      })}
    </div>
  )
}
