import { Credentials } from '@signalbox/schema'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { z } from 'zod'
import { client } from '../../data/client.ts'
import { useRole } from '../../data/may.ts'
import { useRefreshSession, useSession } from '../../data/session.ts'
import { Panel } from '../../ui/panel.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { toast } from '../../ui/toast.tsx'

const First = Credentials
const Change = Credentials.extend({
  password: Credentials.shape.password.meta({ title: 'New password', widget: 'password' }),
  currentPassword: z
    .string()
    .min(1, { error: 'is needed to change the account' })
    .max(200)
    .meta({ title: 'Current password', widget: 'password' }),
})

/** E-mail and password of the account that is logged in. */
export function AccountPanel() {
  const { account } = useSession()
  const role = useRole()
  const refresh = useRefreshSession()
  const wanted = useLocation({ select: (location) => location.hash }) === 'account'
  const panel = useRef<HTMLDivElement>(null)
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (wanted) panel.current?.querySelector('input')?.focus()
  }, [wanted])
  const save = async (input: z.output<typeof First> & { currentPassword?: string }) => {
    await client.session.credentials(input)
    await refresh()
    setRound(round + 1)
    toast({ title: 'Account saved' })
  }
  return (
    <div ref={panel} id="account">
      <Panel
        title="Account"
        description={
          account.hasPassword
            ? account.role === 'owner'
              ? 'owner of the organisation'
              : `${role} of this project`
            : 'Without a password you cannot log in again.'
        }
      >
        <div className="p-3">
          {account.hasPassword ? (
            <SchemaForm
              key={`change ${round}`}
              schema={Change}
              initial={{ email: account.email ?? '' }}
              submitLabel="Save"
              autoComplete={{ email: 'username', password: 'new-password', currentPassword: 'current-password' }}
              onSubmit={save}
            />
          ) : (
            <SchemaForm
              key="first"
              schema={First}
              initial={{ email: account.email ?? '' }}
              submitLabel="Set e-mail and password"
              autoComplete={{ email: 'username', password: 'new-password' }}
              onSubmit={save}
            />
          )}
        </div>
      </Panel>
    </div>
  )
}
