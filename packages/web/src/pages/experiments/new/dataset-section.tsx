import { DatasetSplit } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useProject } from '../../../data/view.ts'
import { plural } from '../../../lib/format-number.ts'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { datasetNamesQuery, datasetQuery } from './questions.ts'
import { Section, type SectionProps } from './section.tsx'

/** Which items are asked. */
export function DatasetSection({ draft, problems, onChange }: SectionProps) {
  const project = useProject()
  const names = useQuery(datasetNamesQuery(project))
  const chosen = useQuery({ ...datasetQuery(project, draft.dataset.trim(), draft.version), enabled: draft.dataset.trim() !== '' })
  const list = useId()
  const tags = useId()
  const newest = chosen.data?.dataset.version
  const splits = chosen.data?.splits ?? []
  return (
    <Section title="Dataset" says="What is asked, and what should come back. A version never changes, so that two runs ask the same.">
      <div className="grid gap-3 md:grid-cols-2">
        <Labelled
          title="Dataset"
          problem={problems.dataset}
          help={
            chosen.data
              ? `Version ${chosen.data.version} has ${plural(chosen.data.dataset.itemCount, 'item')}.`
              : draft.dataset && chosen.error
                ? 'There is no dataset of this name.'
                : names.data?.length === 0 && 'There is none yet: make one under Datasets, or import a file.'
          }
        >
          {(given) => (
            <Input
              {...given}
              list={list}
              value={draft.dataset}
              onChange={({ target }) => onChange({ dataset: target.value, version: '', tag: '' })}
              placeholder="support/golden"
              spellCheck={false}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
        <datalist id={list}>
          {names.data?.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Labelled title="Version" problem={problems.version}>
          {() => (
            <NativeSelect
              label="Version"
              value={draft.version}
              choices={[
                { value: '', label: newest ? `the newest (${newest})` : 'the newest' },
                ...Array.from({ length: Math.min(50, newest ?? 0) }, (_, at) => String((newest ?? 0) - at)).map((one) => ({
                  value: one,
                  label: one,
                })),
              ]}
              onChange={(version) => onChange({ version })}
            />
          )}
        </Labelled>
      </div>
      <div className="grid gap-3 md:grid-cols-3">
        <Labelled title="Split" problem={problems.split} help="test says how good something is; what it was made better on says nothing.">
          {() => (
            <NativeSelect
              label="Split"
              value={draft.split}
              choices={[
                { value: '', label: 'all but the holdout' },
                ...DatasetSplit.options.map((one) => {
                  const count = splits.find(({ value }) => value === one)?.count
                  return { value: one as string, label: count === undefined ? one : `${one} (${count})` }
                }),
              ]}
              onChange={(split) => onChange({ split })}
            />
          )}
        </Labelled>
        <Labelled title="Tag" aside="optional" problem={problems.tag} help="Only items that have it.">
          {(given) => (
            <Input {...given} list={tags} value={draft.tag} onChange={({ target }) => onChange({ tag: target.value })} spellCheck={false} />
          )}
        </Labelled>
        <datalist id={tags}>
          {chosen.data?.tags.map(({ value }) => (
            <option key={value} value={value} />
          ))}
        </datalist>
        <Labelled title="No more than" aside="optional" problem={problems.first} help="The first so many, for a first try.">
          {(given) => (
            <Input
              {...given}
              inputMode="numeric"
              value={draft.first}
              onChange={({ target }) => onChange({ first: target.value })}
              className="font-mono text-sm"
            />
          )}
        </Labelled>
      </div>
    </Section>
  )
}
