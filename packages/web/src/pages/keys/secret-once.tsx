import { CopiedOnce } from '../../ui/shown-once.tsx'

/** A secret key, shown this one time. */
export function SecretOnce({ secretKey }: { secretKey: string }) {
  return (
    <div>
      <CopiedOnce label="secret key" secret={secretKey} />
    </div>
  )
}
