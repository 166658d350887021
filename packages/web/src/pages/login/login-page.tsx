import { Credentials } from '@signalbox/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { z } from 'zod'
import { login, redeem } from '../../data/session.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'

/** At a login any password may be right; its rules hold where it is set. */
const LoginForm = z.strictObject({
  email: Credentials.shape.email,
  password: z.string().min(1, { error: 'is missing' }).max(200).meta({ title: 'Password', widget: 'password' }),
})

/** The door: e-mail and password, or the one-time link that the server printed. */
export function LoginPage() {
  const { token, to } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  const [failed, setFailed] = useState<unknown>(null)
  const goOn = () => navigate({ href: safeTarget(to), replace: true })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a link is redeemed once, when the page opens with it.
  useEffect(() => {
    if (token) redeem(token).then(goOn, setFailed)
  }, [token])

  return (
    <main className="flex h-full items-start justify-center overflow-y-auto bg-surface-0 px-4 pt-[16vh]">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-3">
          <img src="/assets/signalbox-icon-1.svg" alt="" width={32} height={32} />
          <h1 className="text-xl font-semibold tracking-tight">Signalbox</h1>
        </div>
        <div className="rounded-md border border-line bg-surface-1 p-5">
          {token && failed === null ? (
            <p role="status" className="text-soft">
              Logging you in with the one-time link…
            </p>
          ) : (
            <>
              {failed !== null && <ErrorNote error={failed} className="mb-4" />}
              <SchemaForm
                schema={LoginForm}
                submitLabel="Log in"
                autoComplete={{ email: 'username', password: 'current-password' }}
                onSubmit={async (input) => {
                  await login(input)
                  await goOn()
                }}
              />
            </>
          )}
        </div>
        <p className="mt-4 text-sm text-faint">
          First start? The server printed a one-time link where you started it. It works until somebody sets a password.
        </p>
      </div>
    </main>
  )
}

/** Only a path of this site, so that a link cannot lead a person who logs in elsewhere. */
function safeTarget(to: string | undefined): string {
  return to?.startsWith('/') && !to.startsWith('//') && !to.startsWith('/\\') ? to : '/'
}
