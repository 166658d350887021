import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'

type Props = { kind: 'skip' | 'escalate'; onPass: (reason: string) => void; onClose: () => void }
const WORDS = {
  skip: { title: 'Skip this item', description: 'Others can still answer it; you will not see it again.', submit: 'Skip' },
  escalate: { title: 'Ask for a decision', description: 'Who may adjudicate decides it, with your reason before them.', submit: 'Ask' },
}

/** Why somebody does not answer. */
export function PassDialog({ kind, onPass, onClose }: Props) {
  const [reason, setReason] = useState('')
  const { title, description, submit } = WORDS[kind]
  return (
    <Dialog open onClose={onClose} title={title} description={description}>
      <SaveForm
        submitLabel={submit}
        onCancel={onClose}
        read={() => (reason.trim() ? { send: async () => onPass(reason.trim()) } : { problems: { reason: 'say why, in a word or two' } })}
      >
        {(problems) => (
          <Labelled title="Reason" problem={problems.reason}>
            {(props) => <Input {...props} value={reason} onChange={({ target }) => setReason(target.value)} />}
          </Labelled>
        )}
      </SaveForm>
    </Dialog>
  )
}
