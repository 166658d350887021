import type { Output } from '@signalbox/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useWhyNot } from '../../data/may.ts'
import { keysQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Input } from '../../ui/input.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SecretOnce } from '../keys/secret-once.tsx'

type Keys = Output<'keys.list'>['keys']
type Props = {
  keys: { data: Keys | undefined; error: unknown; isPending: boolean; refetch: () => unknown }
  secretKey: string | null
  onCreated: (secretKey: string) => void
}

/** Makes a key in place, or says that there is one already. */
export function FirstKey({ keys, secretKey, onCreated }: Props) {
  const project = useProject()
  const cache = useQueryClient()
  const why = useWhyNot()('keys:own')
  const [name, setName] = useState('my app')
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  async function create() {
    setState({ busy: true, error: null })
    try {
      const created = await clientFor(project).keys.create({ name: name.trim() || 'my app' })
      onCreated(created.secretKey)
      await cache.invalidateQueries({ queryKey: keysQuery(project).queryKey })
      setState({ busy: false, error: null })
    } catch (error) {
      setState({ busy: false, error })
    }
  }
  if (secretKey) return <SecretOnce secretKey={secretKey} />
  return (
    <Loaded query={keys} skeleton={<div className="h-8" />}>
      {(list) => {
        const usable = list.filter((key) => key.revokedAt === null)
        return (
          <>
            {usable.length > 0 && (
              <p className="mb-2 text-soft">
                This project has the key <span className="font-medium text-text">{usable[0]?.name}</span>
                {usable.length > 1 && ` and ${usable.length - 1} more`}. Its secret was shown once; use it, or create another.{' '}
                <Link to="/p/$project/keys" params={{ project }} className="text-accent underline">
                  All keys
                </Link>
              </p>
            )}
            {why ? (
              <p className="text-faint">{why}</p>
            ) : (
              <form
                className="flex gap-2"
                onSubmit={(event) => {
                  event.preventDefault()
                  create()
                }}
              >
                <Input
                  aria-label="Name of the key"
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                  maxLength={100}
                  className="max-w-64"
                />
                <Button kind={usable.length > 0 ? 'secondary' : 'primary'} type="submit" disabled={state.busy}>
                  Create key
                </Button>
              </form>
            )}
            {state.error !== null && <ErrorNote error={state.error} className="mt-2" />}
          </>
        )
      }}
    </Loaded>
  )
}
