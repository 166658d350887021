import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Input } from '../../ui/input.tsx'
import { NativeSelect } from '../../ui/native-select.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { titleOfRow, variablesOfRow } from './dataset-row.ts'
import { datasetNamesQuery } from './datasets.ts'
import type { AskedVariable } from './render-content.ts'

type Props = { project: string; asked: readonly AskedVariable[]; onPick: (values: Record<string, string>) => void; onClose: () => void }

/** Fills in the variables from a row of a dataset. The holdout stays sealed. Loaded when it is asked for. */
export default function PickRow({ project, asked, onPick, onClose }: Props) {
  const datasets = useQuery(datasetNamesQuery(project))
  const [chosen, setChosen] = useState<string>()
  const [search, setSearch] = useState('')
  const name = chosen ?? datasets.data?.[0]
  const rows = useQuery({
    queryKey: ['project', project, 'playground-rows', name, search],
    enabled: name !== undefined,
    queryFn: async ({ signal }) =>
      (await clientFor(project).datasets.items({ name: name ?? '', limit: 50, ...(search && { search }) }, { signal })).items,
    placeholderData: (before) => before,
  })
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Variables from a dataset"
      description="The members of the row become the variables of their names."
    >
      <Loaded query={datasets} skeleton={<SkeletonRows rows={3} />}>
        {(names) =>
          names.length === 0 ? (
            <p className="text-soft">
              This project has no dataset yet. An answer can be kept as its first row, with “Keep as a row” below the answer.
            </p>
          ) : (
            <>
              <div className="flex gap-2">
                <NativeSelect
                  label="Dataset"
                  value={name ?? ''}
                  choices={names.map((one) => ({ value: one, label: one }))}
                  onChange={setChosen}
                  className="w-56"
                />
                <Input
                  aria-label="Search rows"
                  placeholder="Search rows"
                  value={search}
                  onChange={({ target }) => setSearch(target.value)}
                />
              </div>
              <Loaded query={rows} skeleton={<SkeletonRows rows={6} />}>
                {(items) => (
                  <ul aria-label="Rows" className="mt-3 overflow-hidden rounded-md border border-line">
                    {items.length === 0 && <li className="px-3 py-2 text-faint">No row {search ? `with “${search}”` : 'yet'}.</li>}
                    {items.map(({ id, content, split }) => {
                      const values = content ? variablesOfRow(content, asked) : {}
                      const fits = Object.keys(values).length
                      return (
                        <li key={id} className="border-b border-line last:border-b-0">
                          <button
                            type="button"
                            disabled={fits === 0}
                            onClick={() => {
                              onPick(values)
                              onClose()
                            }}
                            className="flex min-h-8 w-full items-center gap-3 px-3 py-1 text-left hover:bg-surface-2 disabled:text-faint disabled:hover:bg-transparent"
                          >
                            <span className="min-w-0 flex-1 truncate">{content ? titleOfRow(content) : 'sealed: of the holdout'}</span>
                            {split && <span className="shrink-0 text-sm text-faint">{split}</span>}
                            <span className="shrink-0 text-sm text-faint">
                              {fits === 0 ? 'no variable fits' : Object.keys(values).join(', ')}
                            </span>
                          </button>
                        </li>
                      )
                    })}
                  </ul>
                )}
              </Loaded>
            </>
          )
        }
      </Loaded>
    </Dialog>
  )
}
