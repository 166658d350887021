import { Database } from 'lucide-react'
import { CodeBlock } from '../../ui/code-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Panel } from '../../ui/panel.tsx'

const EXAMPLE = `models:
  faq:
    targets: [{ provider: openai, model: gpt-4o-mini }]
    cache: { mode: exact, ttlSeconds: 3600 }   # the same request, the same answer
  helpdesk:
    targets: [{ provider: openai, model: gpt-4o-mini }]
    cache:
      mode: semantic                            # also questions in other words
      similarity: 0.95
      embeddings: openai/text-embedding-3-small`

/** No alias has a cache. */
export function NoCache() {
  return (
    <Panel>
      <EmptyState icon={Database} title="No alias has a cache yet">
        A cache gives the answer to a request again that was answered before: at once, and for nothing. It is switched on for each alias, in
        signalbox.yaml or on the page Models. Calls to provider/model are never cached.
      </EmptyState>
      <div className="mx-auto max-w-2xl px-4 pb-8">
        <CodeBlock label="cache in signalbox.yaml" code={EXAMPLE} />
        <p className="mt-3 text-soft">
          A call says <code className="font-mono text-sm">x-signalbox-cache: no-cache</code> to be answered anew, and{' '}
          <code className="font-mono text-sm">no-store</code> to leave nothing behind. Every answer says what the cache did, in the header
          of the same name.
        </p>
      </div>
    </Panel>
  )
}
