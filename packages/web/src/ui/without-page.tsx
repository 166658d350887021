import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'
import { CodeBlock } from './code-block.tsx'
import { Panel } from './panel.tsx'

type Props = { description: string; examples: readonly { says: ReactNode; label: string; code: string }[] }

/** How to do without the page what the page does: in the file, or in the environment. */
export function WithoutPage({ description, examples }: Props) {
  return (
    <Panel title="Without this page" description={description}>
      <div className={classNames('grid gap-4 p-4', examples.length > 1 && 'xl:grid-cols-2')}>
        {examples.map(({ says, label, code }) => (
          <div key={label} className="min-w-0">
            <p className="mb-2 text-soft">{says}</p>
            <CodeBlock label={label} code={code} />
          </div>
        ))}
      </div>
    </Panel>
  )
}
