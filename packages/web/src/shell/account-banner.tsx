import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useSession } from '../data/session.ts'
import { useProject } from '../data/view.ts'
import { buttonStyle } from '../ui/button.tsx'

/** After a login by one-time link: without a password this account cannot come back. */
export function AccountBanner() {
  const { account } = useSession()
  const project = useProject()
  if (account.hasPassword) return null
  return (
    <div role="status" className="flex min-h-10 items-center gap-2.5 border-b border-line bg-surface-0 px-6 py-1.5">
      <KeyRound size={15} className="shrink-0 text-warning" aria-hidden />
      <p className="min-w-0 flex-1 text-soft">You came in with a one-time link. Set an e-mail and a password to be able to log in again.</p>
      <Link to="/p/$project/settings" params={{ project }} hash="account" className={buttonStyle({ size: 'small' })}>
        Set password
      </Link>
    </div>
  )
}
