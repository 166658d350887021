import { Table2 } from 'lucide-react'
import { Button } from '../../../ui/button.tsx'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'

type Props = { onNew: (() => void) | undefined; onImport: (() => void) | undefined }

/** What a dataset is, and the ways to the first one. */
export function NoDatasets({ onNew, onImport }: Props) {
  return (
    <div className="mx-auto w-full max-w-3xl overflow-y-auto px-6 pb-10">
      <EmptyState
        icon={Table2}
        title="No dataset yet"
        action={
          <>
            {onNew && (
              <Button kind="primary" onClick={onNew}>
                Make the first dataset
              </Button>
            )}
            {onImport && <Button onClick={onImport}>Import a file</Button>}
          </>
        }
      >
        A dataset holds what your app is asked and what should come back. Every change is a version that stays, so that two experiments can
        be compared. Thirty real questions are a good beginning: open a trace, and choose <em>Add to a dataset</em>.
      </EmptyState>
      <p className="mb-2 text-soft">Or from a file, with the command line.</p>
      <CodeBlock
        label="import a dataset"
        code={'signalbox dataset import support/golden golden.csv --field input=question expected=gold --split test'}
      />
    </div>
  )
}
