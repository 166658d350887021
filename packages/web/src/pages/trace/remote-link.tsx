import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'

/** Something elsewhere: nothing of it is loaded, and only a web address is a link that somebody may choose to follow. */
export function RemoteLink({ address, children }: { address: string; children: ReactNode }) {
  const style = 'inline-flex max-w-full items-center gap-1 rounded-sm border border-line bg-surface-0 px-1.5 align-bottom text-sm'
  if (!/^https?:\/\//i.test(address)) return <span className={`${style} text-faint`}>{children}</span>
  return (
    <a
      href={address}
      target="_blank"
      rel="noreferrer noopener nofollow"
      data-tip={`Opens ${address.slice(0, 300)}`}
      className={`${style} text-soft hover:text-accent`}
    >
      <ExternalLink size={12} className="shrink-0" aria-hidden />
      <span className="truncate">{children}</span>
    </a>
  )
}
