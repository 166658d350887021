import { Link } from '@tanstack/react-router'
import { TestTubes } from 'lucide-react'
import { useMay } from '../../../data/may.ts'
import { useProject } from '../../../data/view.ts'
import { buttonStyle } from '../../../ui/button.tsx'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'

/** What an experiment is, and the ways to the first one. */
export function NoExperiments() {
  const project = useProject()
  const mayRun = useMay()('experiments:write')
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-3xl px-6 pb-10">
        <EmptyState
          icon={TestTubes}
          title="No experiment yet"
          action={
            mayRun && (
              <Link to="/p/$project/experiments/new" params={{ project }} search={{}} className={buttonStyle({ kind: 'primary' })}>
                Set up the first experiment
              </Link>
            )
          }
        >
          An experiment asks every item of a dataset of every variant (versions of a prompt, models, parameters), scores the answers, and
          says which one does better and how sure that is. Two runs of the same thing differ too: only what goes beyond that is called
          better or worse.
        </EmptyState>
        <div className="grid gap-4 md:grid-cols-2">
          <div className="min-w-0">
            <p className="mb-2 text-soft">Or by the API: two versions of a prompt on the test split of a dataset.</p>
            <CodeBlock label="experiment by the API" code={byApi(location.origin)} />
          </div>
          <div className="min-w-0">
            <p className="mb-2 text-soft">Or from a file of your repository, with the command line; the run is shown here.</p>
            <CodeBlock label="experiment by the command line" code={BY_FILE} />
          </div>
        </div>
      </div>
    </div>
  )
}

const byApi = (origin: string): string => `curl -s ${origin}/api/v1/experiments \\
  -H "authorization: Bearer $SIGNALBOX_KEY" \\
  -H 'content-type: application/json' -d '{
  "name": "refund answers",
  "dataset": { "name": "support/golden", "split": "test" },
  "variants": [
    { "id": "before", "prompt": { "name": "support/refund", "version": 1 } },
    { "id": "after", "prompt": { "name": "support/refund", "version": 2 } }
  ],
  "evaluators": ["contains"],
  "gate": { "vs": "before" }
}'`

const BY_FILE = `# signalbox.eval.yaml
name: support-answers
dataset: rows.jsonl
variants:
  - { id: plain, model: simulator/echo, prompt: "{{answer}}" }
  - { id: polite, model: simulator/echo, prompt: "Certainly! {{answer}}" }
evaluators:
  - { id: contains, params: { value: "{{must}}" } }
gate: { vs: plain }

npx signalbox eval -c signalbox.eval.yaml`
