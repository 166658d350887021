import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { Tick } from '../../ui/checkbox.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Panel } from '../../ui/panel.tsx'

/** The way out of the project, for everybody but owners of the organisation, who are in all of them. */
export function LeavePanel() {
  const project = useProject()
  const [asking, setAsking] = useState(false)
  const [revokeKeys, setRevokeKeys] = useState(false)
  return (
    <Panel title="Membership">
      <div className="p-3">
        <Button onClick={() => setAsking(true)}>Leave the project</Button>
      </div>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Leave ${project}?`}
        action="Leave"
        onConfirm={async () => {
          await clientFor(project).members.leave({ revokeKeys })
          // Nothing that the page holds may be seen any more.
          location.assign('/')
        }}
      >
        <p>You see nothing of this project any more, and invitations that you made here end. Others can invite you again.</p>
        <div className="mt-2 text-text">
          <Tick checked={revokeKeys} onChange={setRevokeKeys}>
            Revoke the keys that I made here too: what uses them stops
          </Tick>
        </div>
      </ConfirmDialog>
    </Panel>
  )
}
