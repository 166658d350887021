import type { OrganisationAccount } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { useState } from 'react'
import { client } from '../../data/client.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { ShownOnce } from '../../ui/shown-once.tsx'
import { LinkEnds, nameOf } from './people.tsx'

/** Makes a link by which somebody sets a new password, and shows it, once. Loaded when it is asked for. */
export default function ResetLinkDialog({ account, onClose }: { account: OrganisationAccount; onClose: () => void }) {
  const [made, setMade] = useState<Output<'accounts.resetLink'> | null>(null)
  const name = nameOf(account)
  if (!made) {
    return (
      <Dialog open onClose={onClose} title={`New password for ${name}?`}>
        <SaveForm
          submitLabel="Make the link"
          onCancel={onClose}
          read={() => ({ send: async () => setMade(await client.accounts.resetLink({ id: account.id })) })}
        >
          {() => (
            <p className="text-soft">
              You get a link to pass on. Whoever opens it sets a new password for this account and is logged in; all its other log-ins end.
              Until then the old password goes on working. A link that you made before ends.
            </p>
          )}
        </SaveForm>
      </Dialog>
    )
  }
  return (
    <ShownOnce
      title="Pass this link on"
      description={`Whoever opens it sets the password of ${name}.`}
      label="reset link"
      secret={made.url}
      note={<LinkEnds at={made.expiresAt} />}
      onClose={onClose}
    />
  )
}
