import { Inbox } from 'lucide-react'
import { CodeBlock } from '../../ui/code-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Panel } from '../../ui/panel.tsx'

/** Nothing was sent in the chosen time. */
export function NoIngest() {
  return (
    <Panel>
      <EmptyState icon={Inbox} title="Nobody has sent traces in this time">
        Point an OpenTelemetry exporter, or the SDK of Langfuse, LangSmith or Opik, at this address. Here you see what arrives, what is
        refused, and why. Calls through the gateway need no ingest; they are among the traces anyway.
      </EmptyState>
      <div className="mx-auto max-w-2xl px-4 pb-8">
        <CodeBlock label="one span by curl" code={curlOf(location.origin)} />
        <p className="mt-3 text-soft">Put a secret key of this project in place of sk-sb-…; the page shows the span within seconds.</p>
      </div>
    </Panel>
  )
}

const curlOf = (origin: string): string => `curl ${origin}/v1/traces \\
  -H "Authorization: Bearer sk-sb-…" -H "Content-Type: application/json" \\
  -d '{"resourceSpans":[{"scopeSpans":[{"spans":[{
    "traceId":"'$(openssl rand -hex 16)'","spanId":"'$(openssl rand -hex 8)'","name":"hello",
    "startTimeUnixNano":"'$(date +%s)000000000'","endTimeUnixNano":"'$(date +%s)000000001'"}]}]}]}'`
