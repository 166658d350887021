import { useState } from 'react'
import { plural } from '../../lib/format-number.ts'
import { Tick } from '../../ui/checkbox.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

type Props = {
  name: string
  /** How many of their keys still work there. */
  keys: number
  from: 'the project' | 'the organisation'
  onClose: () => void
  onConfirm: (revokeKeys: boolean) => Promise<unknown>
}

/** Asks before somebody goes, and what becomes of their keys: services may hang on them. */
export function RemovePerson({ name, keys, from, onClose, onConfirm }: Props) {
  const [revoke, setRevoke] = useState(false)
  return (
    <ConfirmDialog open onClose={onClose} title={`Remove ${name} from ${from}?`} action="Remove" onConfirm={() => onConfirm(revoke)}>
      <p>
        {from === 'the project'
          ? 'They see nothing of this project any more, from their next click on, and invitations that they made here end. They can be invited again.'
          : 'Their account, log-ins, roles and places in teams go, in all projects. What they made stays.'}
      </p>
      {keys === 0 ? (
        <p className="mt-2">They own no key that still works.</p>
      ) : (
        <>
          <p className="mt-2">
            They own <span className="text-text">{plural(keys, 'key')}</span> that {keys === 1 ? 'goes' : 'go'} on working, because a
            service may need {keys === 1 ? 'it' : 'them'}.
          </p>
          <div className="mt-2 text-text">
            <Tick checked={revoke} onChange={setRevoke}>
              Revoke {keys === 1 ? 'it' : `all ${keys}`} too
            </Tick>
          </div>
        </>
      )}
    </ConfirmDialog>
  )
}
