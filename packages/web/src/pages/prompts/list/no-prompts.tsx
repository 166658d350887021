import { Link } from '@tanstack/react-router'
import { NotebookText } from 'lucide-react'
import { useMay } from '../../../data/may.ts'
import { useProject } from '../../../data/view.ts'
import { buttonStyle } from '../../../ui/button.tsx'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Techniques } from './techniques.tsx'

/** What a prompt is here, and the three ways to the first one. */
export function NoPrompts() {
  const project = useProject()
  const mayWrite = useMay()('prompts:write')
  return (
    <div className="mx-auto max-w-3xl px-6 pb-10">
      <EmptyState
        icon={NotebookText}
        title="No prompt yet"
        action={
          mayWrite && (
            <Link to="/p/$project/prompts/new" params={{ project }} className={buttonStyle({ kind: 'primary' })}>
              Write the first prompt
            </Link>
          )
        }
      >
        A prompt is kept here with all its versions. Labels such as <span className="font-mono text-sm">production</span> say which one is
        used: moving one takes effect at once, without a deploy, and goes back with one click. Every call records which version it used.
      </EmptyState>
      <h2 className="mb-2 font-medium">Or begin with a technique, in the playground</h2>
      <Techniques className="mb-6" />
      <div className="grid gap-4 md:grid-cols-2">
        {WAYS.map(({ says, label, code }) => (
          <div key={label} className="min-w-0">
            <p className="mb-2 text-soft">{says}</p>
            <CodeBlock label={label} code={code} />
          </div>
        ))}
      </div>
    </div>
  )
}

const WAYS = [
  {
    says: 'Or from a file of your repository, with the command line.',
    label: 'push from files',
    code: `# prompts/support/refund.prompt.yaml
name: support/refund
type: chat
messages:
  - role: system
    content: You answer for {{company}}.
  - { type: placeholder, name: history }
  - { role: user, content: "{{question}}" }

signalbox prompts push prompts/`,
  },
  {
    says: 'Or bring those that you have: Langfuse, LangSmith, promptfoo, .prompt and .prompty files.',
    label: 'import prompts',
    code: `signalbox prompts import langfuse.json
signalbox prompts import prompts/*.prompty`,
  },
]
