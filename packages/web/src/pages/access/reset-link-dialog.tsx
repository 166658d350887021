import type { OrganisationAccount } from '@signalbox/schema'
import type { Output } from '@signalbox/sdk'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { client } from '../../data/client.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Ago } from '../../ui/values.tsx'

/** Makes a link by which somebody sets a new password, and shows it, once. Loaded when it is asked for. */
export default function ResetLinkDialog({ account, onClose }: { account: OrganisationAccount; onClose: () => void }) {
  const [made, setMade] = useState<Output<'accounts.resetLink'> | null>(null)
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const name = account.email ?? account.id
  async function make() {
    setState({ busy: true, error: null })
    try {
      setMade(await client.accounts.resetLink({ id: account.id }))
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  if (!made) {
    return (
      <Dialog open onClose={onClose} title={`New password for ${name}?`}>
        <p className="text-soft">
          You get a link to pass on. Whoever opens it sets a new password for this account and is logged in; all its other log-ins end.
          Until then the old password goes on working. A link that you made before ends.
        </p>
        {state.error !== null && <ErrorNote error={state.error} className="mt-4" />}
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" onClick={make} disabled={state.busy}>
            Make the link
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog open sticky onClose={onClose} title="Pass this link on" description={`Whoever opens it sets the password of ${name}.`}>
      <CodeBlock label="reset link" code={made.url} />
      <p className="mt-1.5 flex items-center gap-1.5 text-sm text-warning">
        <TriangleAlert size={13} className="shrink-0" aria-hidden />
        <span>
          Copy it now: it is stored as a hash and cannot be shown again. It works once and ends <Ago time={made.expiresAt} />.
        </span>
      </p>
      <div className="mt-4 flex justify-end">
        <Button kind="primary" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </Dialog>
  )
}
