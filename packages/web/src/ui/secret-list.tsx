import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from './button.tsx'
import { Input } from './input.tsx'
import type { Given } from './labelled.tsx'

type Props = { title: string; given: Given; onChange: (secrets: string[] | undefined) => void }

/** Any number of secrets, each in a box of its own that does not show it. None is `undefined`. */
export function SecretList({ title, given: { id: _, ...described }, onChange }: Props) {
  const [rows, setRows] = useState<{ key: number; text: string }[]>([])
  const set = (next: typeof rows) => {
    setRows(next)
    const given = next.flatMap(({ text }) => (text.trim() ? [text.trim()] : []))
    onChange(given.length > 0 ? given : undefined)
  }
  return (
    <div className="flex flex-col items-start gap-1.5">
      {rows.map(({ key, text }, at) => (
        <div key={key} className="flex w-full items-center gap-1.5">
          <Input
            type="password"
            aria-label={`${title}: ${at + 1}`}
            {...described}
            autoFocus={text === ''}
            value={text}
            onChange={({ target }) => set(rows.map((row) => (row.key === key ? { key, text: target.value } : row)))}
            autoComplete="new-password"
            spellCheck={false}
          />
          <IconButton label={`Take out ${at + 1}`} size="small-icon" onClick={() => set(rows.filter((row) => row.key !== key))}>
            <X size={14} />
          </IconButton>
        </div>
      ))}
      <Button size="small" onClick={() => set([...rows, { key: Math.max(0, ...rows.map(({ key }) => key)) + 1, text: '' }])}>
        <Plus size={13} aria-hidden /> Add a key
      </Button>
    </div>
  )
}
