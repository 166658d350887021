import { type DashboardPanel, type Filter, type PanelKind, PanelQuery } from '@signalbox/schema'
import { X } from 'lucide-react'
import { useRef } from 'react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { classNames } from '../../lib/class-names.ts'
import { fieldTitle } from '../../lib/filter-search.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import type { Mark } from '../../ui/chart/series.ts'
import { Chosen } from '../../ui/chosen.tsx'
import { Input, inputStyle } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { FilterBar } from '../traces/filter-bar.tsx'
import { fitsOf, hasBuckets, hasThresholds, KINDS, problemsOfPanel, withKind } from './edit-panels.ts'
import { titleOf } from './forms.ts'
import { DIMENSIONS, dimensionOf, measureOf, measureTitle, useMeasureOptions } from './options.ts'
import { PanelView } from './panel-view.tsx'
import { PickMany } from './pick-many.tsx'
import { Thresholds } from './thresholds.tsx'

type Props = {
  panel: DashboardPanel
  filters: readonly Filter[]
  marks: readonly Mark[]
  onChange: (panel: DashboardPanel, tag?: string) => void
  onClose: () => void
  undo: () => void
  redo: () => void
}

/** One panel, large, with everything that it shows beside it; what is changed is seen at once. */
export function PanelEditor({ panel, filters, marks, onChange, onClose, undo, redo }: Props) {
  useShortcuts({ escape: onClose })
  const measures = useMeasureOptions()
  const input = useRef<HTMLInputElement>(null)
  const { kind, query, unit, limit } = panel
  const problems = problemsOfPanel(panel)
  const fits = fitsOf(kind)
  const setQuery = (change: Partial<PanelQuery>) => query && onChange({ ...panel, query: { ...query, ...change } })
  /** `undefined` takes it away. */
  const setOptional = (name: 'unit' | 'limit', value: string | number | undefined) => {
    const { [name]: _, ...rest } = panel
    onChange((value === undefined ? rest : { ...rest, [name]: value }) as DashboardPanel, name)
  }
  return (
    <section aria-label={`Edit ${titleOf(panel)}`} className="absolute inset-0 z-20 flex flex-col bg-surface-0">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface-1 px-6">
        <h1 className="min-w-0 flex-1 truncate font-semibold">{titleOf(panel)}</h1>
        <Button onClick={undo}>Undo</Button>
        <Button onClick={redo}>Redo</Button>
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
        <IconButton label="Back to the dashboard  Esc" onClick={onClose}>
          <X size={15} />
        </IconButton>
      </header>
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col gap-2 p-6">
          <div className="max-h-[520px] min-h-0 flex-1">
            <PanelView panel={panel} filters={filters} marks={marks} chrome={{ items: null }} />
          </div>
          {Object.keys(problems).length > 0 && (
            <ul role="alert" className="text-sm text-error">
              {Object.entries(problems).map(([path, problem]) => (
                <li key={path}>
                  {path.replaceAll('query.', '')}: {problem}
                </li>
              ))}
            </ul>
          )}
        </div>
        <form
          aria-label="What the panel shows"
          onSubmit={(event) => event.preventDefault()}
          className="flex w-[340px] shrink-0 flex-col gap-4 overflow-y-auto border-l border-line bg-surface-1 p-4"
        >
          <Labelled title="Title" aside="made of its measures where it is empty">
            {(props) => (
              <Input
                {...props}
                value={panel.title}
                maxLength={120}
                onChange={({ target }) => onChange({ ...panel, title: target.value }, `title ${panel.id}`)}
              />
            )}
          </Labelled>
          <Chosen
            title="Kind"
            value={kind}
            choices={KINDS.map((one) => ({ value: one.kind, label: one.title, hint: one.says }))}
            onChange={(next) => onChange(withKind(panel, next as PanelKind))}
          />
          {query && (
            <>
              <Field title={fits.measures === 1 ? 'Measure' : 'Measures'}>
                <PickMany
                  label="Measures"
                  values={query.measures}
                  options={measures}
                  titleOf={measureTitle}
                  most={fits.measures}
                  typed={measureOf}
                  placeholder="Calls, cost, …"
                  invalid={problems['query.measures'] !== undefined}
                  onChange={(next) => setQuery({ measures: next as PanelQuery['measures'] })}
                />
              </Field>
              {fits.dimensions > 0 && (
                <Field title={fits.dimensions === 1 ? 'By' : 'By these'}>
                  <PickMany
                    label="Dimensions"
                    values={query.dimensions}
                    options={DIMENSIONS}
                    titleOf={fieldTitle}
                    most={fits.dimensions}
                    typed={dimensionOf}
                    placeholder="Model, user, metadata.KEY, …"
                    invalid={problems['query.dimensions'] !== undefined}
                    onChange={(dimensions) => setQuery({ dimensions })}
                  />
                </Field>
              )}
              <Field title="Filters">
                <FilterBar
                  label="Filter this panel"
                  filters={query.filters}
                  input={input}
                  onFilters={(next) => setQuery({ filters: next })}
                />
              </Field>
              {hasBuckets(kind) && (
                <Chosen
                  title="One point is"
                  value={query.bucket ?? 'auto'}
                  choices={[
                    { value: 'auto', label: 'as the range needs' },
                    ...PanelQuery.shape.bucket.unwrap().options.map((value) => ({ value, label: BUCKETS[value] })),
                  ]}
                  onChange={(value) => {
                    const { bucket: _, ...rest } = query
                    onChange({ ...panel, query: value === 'auto' ? rest : { ...rest, bucket: value as NonNullable<PanelQuery['bucket']> } })
                  }}
                />
              )}
              <div className="grid grid-cols-2 gap-3">
                <Labelled title="Unit" aside="own">
                  {(props) => (
                    <Input
                      {...props}
                      value={unit ?? ''}
                      maxLength={20}
                      onChange={({ target }) => setOptional('unit', target.value || undefined)}
                    />
                  )}
                </Labelled>
                {(query.dimensions.length > 0 || kind === 'table') && (
                  <Labelled title="At most" problem={problems.limit}>
                    {(props) => (
                      <Input
                        {...props}
                        type="number"
                        min={1}
                        max={100}
                        placeholder={kind === 'table' || kind === 'top' ? '20' : kind === 'stacked' ? '6' : '8'}
                        value={limit ?? ''}
                        onChange={({ target }) => setOptional('limit', target.value === '' ? undefined : Number(target.value))}
                      />
                    )}
                  </Labelled>
                )}
              </div>
              {hasThresholds(kind) && (
                <Thresholds
                  thresholds={panel.thresholds}
                  problems={problems}
                  onChange={(thresholds, tag) => onChange({ ...panel, thresholds }, tag)}
                />
              )}
            </>
          )}
          {kind === 'text' && (
            <Labelled title="Text" help="Markdown. Nothing in it is loaded or run." problem={problems.text}>
              {(props) => (
                <textarea
                  {...props}
                  rows={14}
                  maxLength={10_000}
                  value={panel.text ?? ''}
                  onChange={({ target }) => onChange({ ...panel, text: target.value }, `text ${panel.id}`)}
                  className={classNames(inputStyle, 'h-auto w-full py-1.5 font-mono text-sm')}
                />
              )}
            </Labelled>
          )}
        </form>
      </div>
    </section>
  )
}

const BUCKETS: Record<NonNullable<PanelQuery['bucket']>, string> = {
  minute: 'a minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  hour: 'an hour',
  '6h': '6 hours',
  day: 'a day',
  week: 'a week',
}

function Field({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 font-medium">{title}</p>
      {children}
    </div>
  )
}
