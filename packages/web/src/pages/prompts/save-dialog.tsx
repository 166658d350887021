import type { PromptContent } from '@signalbox/schema'
import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { isConflict, useSave } from './use-save.ts'

type Props = {
  name: string
  content: PromptContent
  /** The newest version when the change began. */
  latest: number
  onSaved: (version: number) => void
  onClose: () => void
}

/** Asks what is different, as for a commit, and saves. Loaded when it is asked for. */
export default function SaveDialog({ name, content, latest, onSaved, onClose }: Props) {
  const save = useSave()
  const [message, setMessage] = useState('')
  const [overtaken, setOvertaken] = useState(false)
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Save as version ${latest + 1}`}
      description="Versions are never changed. Nothing uses the new one until a label points to it."
    >
      <SaveForm
        submitLabel={overtaken ? 'Save all the same' : 'Save version'}
        onCancel={onClose}
        read={() => ({
          send: async () => {
            try {
              const { version } = await save({ name, content, message: message.trim(), ...(!overtaken && { expectedLatest: latest }) })
              onSaved(version)
            } catch (error) {
              setOvertaken(isConflict(error))
              throw error
            }
          },
        })}
      >
        {() => (
          <Labelled title="What is different" aside="optional" help="Shown in the history, like the message of a commit.">
            {(given) => <Input {...given} autoFocus maxLength={500} value={message} onChange={({ target }) => setMessage(target.value)} />}
          </Labelled>
        )}
      </SaveForm>
    </Dialog>
  )
}
