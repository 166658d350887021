import type { ExperimentDetail } from '@signalbox/schema'
import type { ReactNode } from 'react'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { CopyId } from '../../../ui/copy.tsx'
import { JsonTree } from '../../../ui/json-tree.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { PromptLink } from '../../prompts/prompt-links.tsx'

/** What an experiment is, to the last parameter; it never changes. */
export default function SetupTab({ detail }: { detail: ExperimentDetail }) {
  const { id, definition, dataset, metadata, prompts, report } = detail
  return (
    <Page>
      <Panel title="What it is" description="It never changes once it is made: another setup is another experiment.">
        <dl className="grid grid-cols-[160px_minmax(0,1fr)] gap-y-1 px-3 py-2.5">
          <Fact title="Id">
            <CopyId id={id} what="id of the experiment" />
          </Fact>
          <Fact title="Dataset">
            {dataset.name}
            {dataset.version !== null && ` version ${dataset.version}`}
            {report && <span className="font-mono text-sm text-faint"> {report.dataset.hash.slice(0, 12)}</span>}
          </Fact>
          {prompts.length > 0 && (
            <Fact title="Prompts">
              {prompts.map(({ name, version }) => (
                <span key={`${name} ${version}`} className="mr-3">
                  <PromptLink name={name} version={version}>
                    {name}
                  </PromptLink>{' '}
                  v{version}
                </span>
              ))}
            </Fact>
          )}
          {report && <Fact title="Seed">{String(report.seed)}</Fact>}
          {report && <Fact title="Signalbox">{report.signalbox}</Fact>}
          {Object.entries(metadata).map(([name, value]) => (
            <Fact key={name} title={name}>
              {typeof value === 'string' ? value : JSON.stringify(value)}
            </Fact>
          ))}
        </dl>
      </Panel>
      {definition ? (
        <>
          <Panel title="Definition">
            <div className="p-3">
              <JsonTree value={JSON.parse(JSON.stringify(definition)) as Parameters<typeof JsonTree>[0]['value']} openDepth={3} />
            </div>
          </Panel>
          <Panel title="Run it again" description="By the API, with a key that may run experiments.">
            <div className="p-3">
              <CodeBlock label="the same experiment by the API" code={curlOf(location.origin, definition)} />
            </div>
          </Panel>
        </>
      ) : (
        <p className="text-soft">It was run without a server: its file holds the definition.</p>
      )}
    </Page>
  )
}

const Fact = ({ title, children }: { title: string; children: ReactNode }) => (
  <>
    <dt className="text-faint">{title}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
)

const curlOf = (origin: string, definition: NonNullable<ExperimentDetail['definition']>): string =>
  `curl -s ${origin}/api/v1/experiments \\
  -H "authorization: Bearer $SIGNALBOX_KEY" \\
  -H 'content-type: application/json' -d '${JSON.stringify(definition, null, 2).replaceAll("'", "'\\''")}'`
