import { type Dashboard, type DashboardVariable, FIELD_NAMES, FIELDS, FilterField, RelativeRange } from '@signalbox/schema'
import { useRef } from 'react'
import { fieldTitle } from '../../lib/filter-search.ts'
import { describeTimeRange, RELATIVE_RANGES } from '../../lib/time-range.ts'
import { Button } from '../../ui/button.tsx'
import { Chosen as ChosenSelect } from '../../ui/chosen.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { FilterBar } from '../traces/filter-bar.tsx'
import { PickMany } from './pick-many.tsx'
import { type Chosen, chosenValue } from './variables.ts'

type Props = { dashboard: Dashboard; chosen: Chosen; onChange: (dashboard: Dashboard, tag?: string) => void }

const FIELD_OPTIONS = FIELD_NAMES.filter((name) => FIELDS[name].group).map((value) => ({ value, title: fieldTitle(value) }))

/** What holds for the whole dashboard: its name, its time, its filters and what readers may choose. */
export function DashboardSettings({ dashboard, chosen, onChange }: Props) {
  const { name, description, range, filters, variables } = dashboard
  const input = useRef<HTMLInputElement>(null)
  const asDefaults = variables.map(({ default: _, ...variable }) => {
    const value = chosenValue({ ...variable }, chosen)
    return value === '' ? variable : { ...variable, default: value }
  })
  const setFields = (fields: string[]) =>
    onChange({
      ...dashboard,
      variables: fields.map((field) => variables.find((one) => one.field === field) ?? variableOf(field, variables)),
    })
  return (
    <section
      aria-label="Settings of the dashboard"
      className="grid gap-3 rounded-md border border-line bg-surface-1 p-3 lg:grid-cols-[1fr_2fr_260px]"
    >
      <Labelled title="Name" problem={name.trim() === '' ? 'at least one character' : undefined}>
        {(props) => (
          <Input
            {...props}
            value={name}
            maxLength={100}
            onChange={({ target }) => onChange({ ...dashboard, name: target.value }, 'name')}
          />
        )}
      </Labelled>
      <Labelled title="Description">
        {(props) => (
          <Input
            {...props}
            value={description}
            maxLength={500}
            onChange={({ target }) => onChange({ ...dashboard, description: target.value }, 'description')}
          />
        )}
      </Labelled>
      <ChosenSelect
        title="Begins with"
        value={typeof range === 'object' ? 'fixed' : (range ?? 'page')}
        choices={[
          { value: 'page', label: 'the time of the page' },
          ...RelativeRange.options.map((value) => ({ value, label: RELATIVE_RANGES[value].title })),
          ...(typeof range === 'object'
            ? [{ value: 'fixed', label: describeTimeRange({ kind: 'absolute', from: Date.parse(range.from), to: Date.parse(range.to) }) }]
            : []),
        ]}
        onChange={(value) => {
          const { range: before, ...rest } = dashboard
          const { data } = RelativeRange.safeParse(value)
          onChange(value === 'fixed' ? { ...rest, ...(before && { range: before }) } : { ...rest, ...(data && { range: data }) })
        }}
      />
      <div className="lg:col-span-2">
        <p className="mb-1 font-medium">Filters of all panels</p>
        <FilterBar
          label="Filter all panels"
          filters={filters}
          input={input}
          onFilters={(next) => onChange({ ...dashboard, filters: next })}
        />
      </div>
      <div className="lg:col-span-1">
        <p className="mb-1 font-medium">Variables</p>
        <PickMany
          label="Fields that readers choose a value of"
          values={variables.map(({ field }) => field)}
          options={FIELD_OPTIONS}
          titleOf={fieldTitle}
          most={8}
          typed={(text) => (text.startsWith('metadata.') && FilterField.safeParse(text).success ? text : undefined)}
          placeholder="Model, user, …"
          onChange={setFields}
        />
        {JSON.stringify(asDefaults) !== JSON.stringify(variables) && (
          <Button size="small" className="mt-1" onClick={() => onChange({ ...dashboard, variables: asDefaults })}>
            Begin with what is chosen now
          </Button>
        )}
      </div>
    </section>
  )
}

/** A variable of a field, under a name that no other one has. */
function variableOf(field: string, others: readonly DashboardVariable[]): DashboardVariable {
  const base =
    field
      .replace(/^metadata\./, '')
      .replace(/[^a-z0-9_-]+/gi, '-')
      .replace(/^[-_]+/, '')
      .slice(0, 50) || 'variable'
  const taken = new Set(others.map(({ name }) => name))
  let name = base
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`
  return { name, field }
}
