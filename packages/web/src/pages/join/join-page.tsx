import { Credentials, type Invited } from '@signalbox/schema'
import { AppError, type Output } from '@signalbox/sdk'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { invitedQuery } from '../../data/access-queries.ts'
import { acceptInvitation, joinByInvitation, logout, sessionQuery } from '../../data/session.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { Ago } from '../../ui/values.tsx'
import { ResetPassword } from './reset-password.tsx'

type Invitation = z.infer<typeof Invited>

/** Where links that are passed on lead: those of invitations, and those that set a new password. */
export function JoinPage() {
  const { token = '', reset } = useSearch({ from: '/join' })
  return (
    <main className="flex h-full items-start justify-center overflow-y-auto bg-surface-0 px-4 pt-[14vh] pb-8">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-3">
          <img src="/assets/signalbox-icon-1.svg" alt="" width={32} height={32} />
          <h1 className="text-xl font-semibold tracking-tight">Signalbox</h1>
        </div>
        {reset === undefined ? (
          <ByInvitation token={token} />
        ) : (
          <div className="rounded-md border border-line bg-surface-1 p-5">
            <ResetPassword token={reset} />
          </div>
        )}
      </div>
    </main>
  )
}

/** In as somebody new, or with the account that is logged in. */
function ByInvitation({ token }: { token: string }) {
  const navigate = useNavigate()
  const invited = useQuery({ ...invitedQuery(token), enabled: token !== '' })
  const session = useQuery({ ...sessionQuery, retry: false })
  const goIn = () => {
    if (invited.data) navigate({ to: '/p/$project/overview', params: { project: invited.data.project.id }, replace: true })
  }
  return (
    <>
      <div className="rounded-md border border-line bg-surface-1 p-5">
        {token === '' && (
          <ErrorNote error={new AppError('invalid-request', 'This address has no invitation in it.', { hint: 'Open the whole link.' })} />
        )}
        {invited.error && <ErrorNote error={invited.error} />}
        {invited.isFetching && !invited.data && (
          <p role="status" className="text-soft">
            Looking at the invitation…
          </p>
        )}
        {invited.data && !session.isPending && (
          <>
            <About invited={invited.data} />
            {session.data ? (
              <WithAccount session={session.data} token={token} onIn={goIn} />
            ) : (
              <SchemaForm
                schema={Credentials}
                initial={{ email: invited.data.email ?? '' }}
                submitLabel="Create account and join"
                autoComplete={{ email: 'username', password: 'new-password' }}
                onSubmit={async (input) => {
                  await acceptInvitation({ token, ...input })
                  goIn()
                }}
              />
            )}
          </>
        )}
      </div>
      {invited.data && !session.data && !session.isPending && (
        <p className="mt-4 text-sm text-soft">
          You have an account already?{' '}
          <Link to="/login" search={{ to: `/join?token=${token}` }} className="text-accent underline">
            Log in and join with it
          </Link>
        </p>
      )}
    </>
  )
}

function About({ invited }: { invited: Invitation }) {
  return (
    <div className="mb-4">
      <h2 className="text-lg font-semibold">Join {invited.project.name}</h2>
      <p className="mt-0.5 text-soft">
        {invited.invitedBy ?? 'Somebody'} invites {invited.email ?? 'you'} to the project as{' '}
        <span className="font-medium text-text">{invited.role}</span>
        {invited.team && (
          <>
            {' '}
            and into the team <span className="font-medium text-text">{invited.team}</span>
          </>
        )}
        . The link ends <Ago time={invited.expiresAt} />.
      </p>
    </div>
  )
}

type WithAccountProps = { session: Output<'session.get'>; token: string; onIn: () => void }
function WithAccount({ session, token, onIn }: WithAccountProps) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const name = session.account.email ?? 'this account'
  async function join() {
    setState({ busy: true, error: null })
    try {
      await joinByInvitation(token)
      onIn()
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  return (
    <>
      {state.error !== null && <ErrorNote error={state.error} className="mb-4" />}
      <div className="flex flex-col gap-2">
        <Button kind="primary" onClick={join} disabled={state.busy}>
          Join as {name}
        </Button>
        <Button
          kind="ghost"
          onClick={async () => {
            await logout()
            location.reload()
          }}
        >
          Log out, to join as somebody else
        </Button>
      </div>
    </>
  )
}
