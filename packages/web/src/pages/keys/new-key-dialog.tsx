import { NewKey } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { SecretOnce } from './secret-once.tsx'

type Props = { project: string; onCreated: () => Promise<unknown>; onClose: () => void }

/** Makes a key and shows its secret, once. Loaded when it is asked for. */
export default function NewKeyDialog({ project, onCreated, onClose }: Props) {
  const [created, setCreated] = useState<Output<'keys.create'> | null>(null)
  if (!created) {
    return (
      <Dialog open onClose={onClose} title="New key" description="One per program, so that each can be revoked alone.">
        <SchemaForm
          schema={NewKey}
          submitLabel="Create key"
          onCancel={onClose}
          onSubmit={async (input) => {
            setCreated(await clientFor(project).keys.create(input))
            await onCreated()
          }}
        />
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      sticky
      onClose={onClose}
      title={`Key “${created.name}” created`}
      description="The secret is the bearer token of the gateway and of the API."
    >
      <SecretOnce secretKey={created.secretKey} />
      <p className="mt-4 mb-1 text-soft">Public key: may only send scores, and may be seen.</p>
      <CopyId id={created.publicKey} what="public key" className="-ml-1" />
      <div className="mt-4 flex justify-end">
        <Button kind="primary" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </Dialog>
  )
}
