import { Table2 } from 'lucide-react'
import { classNames } from '../../lib/class-names.ts'
import { Button } from '../../ui/button.tsx'
import { inputStyle } from '../../ui/input.tsx'
import type { AskedVariable } from './render-content.ts'

type Props = {
  asked: readonly AskedVariable[]
  values: Readonly<Record<string, string>>
  onChange: (values: Readonly<Record<string, string>>) => void
  onFromDataset: () => void
}

/** The variables that the columns ask for, filled in once for all of them. */
export function VariablesForm({ asked, values, onChange, onFromDataset }: Props) {
  if (asked.length === 0) return null
  return (
    <section
      aria-label="Variables"
      className="grid gap-3 rounded-md border border-line bg-surface-1 p-3 [grid-template-columns:repeat(auto-fill,minmax(260px,1fr))]"
    >
      {asked.map(({ name, isOptional, isMessages }) => (
        <label key={name} className="block min-w-0">
          <span className="mb-1 block truncate font-mono text-sm">
            {name}{' '}
            <span className="font-sans text-faint">{[isOptional && 'optional', isMessages && 'messages'].filter(Boolean).join(', ')}</span>
          </span>
          <textarea
            aria-label={`Variable ${name}`}
            rows={1}
            value={values[name] ?? ''}
            placeholder={isMessages ? '[{"role": "user", "content": "…"}]' : ''}
            onChange={({ target }) => onChange({ [name]: target.value })}
            spellCheck={false}
            className={classNames(inputStyle, 'field-sizing-content h-auto max-h-40 w-full resize-none py-1.5 leading-[19px]')}
          />
        </label>
      ))}
      <div className="flex items-end">
        <Button size="small" onClick={onFromDataset}>
          <Table2 size={13} aria-hidden /> From a dataset
        </Button>
      </div>
    </section>
  )
}
