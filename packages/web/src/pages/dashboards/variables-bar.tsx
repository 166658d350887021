import type { DashboardVariable } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Check, ChevronsUpDown } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { valuesQuery } from '../../data/queries.ts'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useView } from '../../data/view.ts'
import { fieldTitle } from '../../lib/filter-search.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { Popover } from '../../ui/popover.tsx'
import { type Chosen, chosenValue } from './variables.ts'

type Props = { variables: readonly DashboardVariable[]; chosen: Chosen; onChange: (chosen: Chosen) => void }

/** A choice for each variable of a dashboard. What is chosen stands in the address. Loaded where there are variables. */
export default function VariablesBar({ variables, chosen, onChange }: Props) {
  if (variables.length === 0) return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame of its own.
    <div role="group" aria-label="Variables" className="flex flex-wrap items-center gap-2">
      {variables.map((variable) => (
        <Variable
          key={variable.name}
          variable={variable}
          value={chosenValue(variable, chosen)}
          onChange={(value) => {
            const { [variable.name]: _, ...others } = chosen
            onChange(value === (variable.default ?? '') ? others : { ...others, [variable.name]: value })
          }}
        />
      ))}
    </div>
  )
}

type VariableProps = { variable: DashboardVariable; value: string; onChange: (value: string) => void }
function Variable({ variable, value, onChange }: VariableProps) {
  const { field, title = fieldTitle(field) } = variable
  const [open, setOpen] = useState(false)
  const keyName = useKeyNames()
  const nameOf = (one: string) => (field === 'keyId' ? keyName(one) : one)
  const choose = (next: string) => {
    onChange(next)
    setOpen(false)
  }
  return (
    <Popover
      title={title}
      align="start"
      className="w-72 p-1"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="bar" className="max-w-72" aria-label={`${title}: ${value === '' ? 'all' : nameOf(value)}`}>
          <span className="text-faint">{title}</span>
          <span className="truncate">{value === '' ? 'all' : nameOf(value)}</span>
          <ChevronsUpDown size={13} className="text-faint" aria-hidden />
        </Button>
      }
    >
      {open && <Values field={field} title={title} value={value} nameOf={nameOf} onChoose={choose} />}
    </Popover>
  )
}

type ValuesProps = { field: string; title: string; value: string; nameOf: (value: string) => string; onChoose: (value: string) => void }
function Values({ field, title, value, nameOf, onChoose }: ValuesProps) {
  const { project, range, rangeKey } = useView()
  const [text, setText] = useState('')
  const search = useDeferredValue(field === 'keyId' ? '' : text.trim())
  const values = useQuery({ ...valuesQuery({ project, field, search, range, rangeKey }), placeholderData: keepPreviousData })
  const needle = text.trim().toLowerCase()
  const found = (values.data ?? []).filter((one) => one.value !== '' && nameOf(one.value).toLowerCase().includes(needle))
  const own = text.trim() !== '' && !found.some((one) => one.value === text.trim())
  return (
    <>
      <Input
        aria-label={`Find a value of ${title}`}
        placeholder="Find a value"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && needle !== '') onChoose(found[0]?.value ?? text.trim())
        }}
        className="mb-1"
      />
      <div className="max-h-72 overflow-y-auto">
        <Choice title="all" picked={value === ''} onChoose={() => onChoose('')} />
        {found.map((one) => (
          <Choice
            key={one.value}
            title={nameOf(one.value)}
            hint={formatCount(one.count)}
            picked={one.value === value}
            onChoose={() => onChoose(one.value)}
          />
        ))}
        {own && <Choice title={text.trim()} hint="as typed" picked={false} onChoose={() => onChoose(text.trim())} />}
        {values.error && <p className="px-2 py-1.5 text-sm text-faint">The values could not be read. Type one.</p>}
      </div>
    </>
  )
}

function Choice({ title, hint, picked, onChoose }: { title: string; hint?: string; picked: boolean; onChoose: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={picked}
      onClick={onChoose}
      className="flex h-8 w-full items-center gap-2 rounded-sm px-2 text-left hover:bg-surface-2"
    >
      <span className="flex w-4 justify-center text-accent">{picked && <Check size={14} aria-hidden />}</span>
      <span className="min-w-0 flex-1 truncate">{title}</span>
      {hint && <span className="tabular text-sm text-faint">{hint}</span>}
    </button>
  )
}
