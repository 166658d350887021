import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { CodeBlock } from './code-block.tsx'
import { Dialog } from './dialog.tsx'

type Copied = {
  /** What the secret is called, for who cannot see it. */
  label: string
  secret: string
  /** What else there is to know of it. */
  note?: ReactNode
}
type Props = Copied & { title: string; description: string; onClose: () => void; children?: ReactNode }

/** A secret or a link, shown this one time: it closes only by its buttons. */
export function ShownOnce({ title, description, onClose, children, ...copied }: Props) {
  return (
    <Dialog open sticky onClose={onClose} title={title} description={description}>
      <CopiedOnce {...copied} />
      {children}
      <div className="mt-4 flex justify-end">
        <Button kind="primary" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </Dialog>
  )
}

/** What is to be copied now. */
export function CopiedOnce({ label, secret, note }: Copied) {
  return (
    <>
      <CodeBlock label={label} code={secret} />
      <p className="mt-1.5 flex items-center gap-1.5 text-sm text-warning">
        <TriangleAlert size={13} className="shrink-0" aria-hidden />
        <span>Copy it now: it cannot be shown again. {note}</span>
      </p>
    </>
  )
}
