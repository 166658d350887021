import type { Environment } from '../environment.ts'
import type { RoleMessage } from './supervisor.ts'

/** What `signalbox up` prints when it is ready: where it is, how to log in the first time, and a call to try. */
export function welcome({ publicUrl, bootstrap }: Environment, told: readonly RoleMessage[]): string {
  const link = told.find((message) => message.type === 'login-link')?.url
  const secret = told.find((message) => message.type === 'first-key')?.secretKey
  const key = secret ?? (bootstrap ? '$SIGNALBOX_BOOTSTRAP_SECRET_KEY' : '$SIGNALBOX_KEY')
  return [
    '',
    `Signalbox is ready: ${publicUrl}`,
    ...(link ? ['', 'Log in (this link works once):', `  ${link}`] : []),
    '',
    `Try a call${secret ? ' (this is the only time the key is shown)' : ''}:`,
    `  curl ${publicUrl}/v1/chat/completions \\`,
    `    -H "Authorization: Bearer ${key}" \\`,
    `    -H "Content-Type: application/json" \\`,
    `    -d '{"model": "simulator/echo", "messages": [{"role": "user", "content": "Hello, Signalbox"}]}'`,
    '',
  ].join('\n')
}
