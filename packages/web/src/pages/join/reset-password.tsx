import { NewPassword } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { resetQuery } from '../../data/access-queries.ts'
import { resetPassword } from '../../data/session.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { Ago } from '../../ui/values.tsx'

/** Where a reset link leads: a new password for the account that it was made for. */
export function ResetPassword({ token }: { token: string }) {
  const navigate = useNavigate()
  const reset = useQuery(resetQuery(token))
  if (reset.error) return <ErrorNote error={reset.error} />
  if (!reset.data) {
    return (
      <p role="status" className="text-soft">
        Looking at the link…
      </p>
    )
  }
  return (
    <>
      <div className="mb-4">
        <h2 className="text-lg font-semibold">Set a new password</h2>
        <p className="mt-0.5 text-soft">
          For <span className="font-medium text-text">{reset.data.email}</span>. All other log-ins of the account end. The link ends{' '}
          <Ago time={reset.data.expiresAt} />.
        </p>
      </div>
      <SchemaForm
        schema={NewPassword}
        submitLabel="Set password and log in"
        autoComplete={{ password: 'new-password' }}
        onSubmit={async ({ password }) => {
          await resetPassword({ token, password })
          await navigate({ to: '/', replace: true })
        }}
      />
    </>
  )
}
