import { TriangleAlert } from 'lucide-react'
import { CodeBlock } from '../../ui/code-block.tsx'

/** A secret key, shown this one time. */
export function SecretOnce({ secretKey }: { secretKey: string }) {
  return (
    <div>
      <CodeBlock label="secret key" code={secretKey} />
      <p className="mt-1.5 flex items-center gap-1.5 text-sm text-warning">
        <TriangleAlert size={13} aria-hidden />
        Copy it now. It is stored as a hash and cannot be shown again.
      </p>
    </div>
  )
}
