import type { EvaluatorEntry, EvaluatorGroup, StoredEvaluator } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, TriangleAlert } from 'lucide-react'
import { useRef } from 'react'
import { builtinEvaluatorsQuery, storedEvaluatorsQuery } from '../../data/evaluators.ts'
import { useMay } from '../../data/may.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonStyle } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { NativeSelect } from '../../ui/native-select.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'

const GROUPS: Record<EvaluatorGroup, string> = {
  checks: 'Checks',
  text: 'Text metrics',
  tools: 'Tools and steps',
  retrieval: 'Retrieval',
  judges: 'Judges',
  own: 'Your own',
}
const ROUTE = '/p/$project/evaluators/'

/** The evaluators that the project keeps, and all that are built in. */
export function EvaluatorsPage() {
  const project = useProject()
  const navigate = useNavigate({ from: ROUTE })
  const { search = '', group, archived } = useSearch({ from: ROUTE })
  const mayWrite = useMay()('evaluators:write')
  const stored = useQuery(storedEvaluatorsQuery(project, { ...(search && { search }), ...(archived && { archived: 'true' as const }) }))
  const builtin = useQuery(builtinEvaluatorsQuery(project))
  const finder = useRef<HTMLInputElement>(null)
  const set = (next: { search?: string | undefined; group?: string | undefined; archived?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const toNew = () => void navigate({ to: '/p/$project/evaluators/new', params: { project }, search: {} })
  useShortcuts({ '/': () => finder.current?.focus(), n: () => mayWrite && toNew() })
  const words = search.toLowerCase()
  const fits = (one: EvaluatorEntry) =>
    (group === undefined || one.group === group) &&
    (words === '' || `${one.id} ${one.title} ${one.description}`.toLowerCase().includes(words))
  return (
    <Page>
      <PageHeader
        title="Evaluators"
        question="How answers are scored: checks, metrics and judges, with the parameters that your project settled on."
        action={
          mayWrite && (
            <Link
              to="/p/$project/evaluators/new"
              params={{ project }}
              search={{}}
              aria-keyshortcuts="n"
              className={buttonStyle({ kind: 'primary' })}
            >
              <Plus size={14} aria-hidden /> New evaluator
            </Link>
          )
        }
      />
      <div className="flex flex-wrap items-center gap-2">
        <Input
          ref={finder}
          aria-label="Search evaluators"
          placeholder="Name or description   /"
          value={search}
          onChange={({ target }) => set({ search: target.value || undefined })}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          style={{ width: 240 }}
        />
        <NativeSelect
          label="Kind of evaluators"
          value={group ?? ''}
          choices={[{ value: '', label: 'Every kind' }, ...Object.entries(GROUPS).map(([value, label]) => ({ value, label }))]}
          onChange={(value) => set({ group: value || undefined })}
          className="w-40"
        />
        <NativeSelect
          label="Which evaluators"
          value={archived ? 'archived' : 'used'}
          choices={[
            { value: 'used', label: 'In use' },
            { value: 'archived', label: 'Archived' },
          ]}
          onChange={(value) => set({ archived: value === 'archived' ? 'true' : undefined })}
          className="w-32"
        />
      </div>
      <Panel
        title="Of this project"
        description="Experiments name them. Every change is a version, and scores of two versions are never put into one average."
      >
        <Loaded query={stored} skeleton={<SkeletonRows rows={3} />}>
          {(list) =>
            list.length === 0 ? (
              <p className="p-3 text-soft">
                {search || archived
                  ? 'None of them fits.'
                  : 'None yet. Choose one from below, set its parameters, try it on a few answers, and keep it under a name that says what it is for.'}
              </p>
            ) : (
              <Table
                label="Evaluators of this project"
                rows={list}
                rowKey={({ name }) => name}
                columns={storedColumns(project)}
                onOpen={({ name }) => void navigate({ to: '/p/$project/evaluators/$', params: { project, _splat: name }, search: {} })}
              />
            )
          }
        </Loaded>
      </Panel>
      <Panel title="Built in" description="Each says what its score means, and when another one is right.">
        <Loaded query={builtin} skeleton={<SkeletonRows rows={12} />}>
          {(list) => {
            const found = list.filter(fits)
            return found.length === 0 ? (
              <p className="p-3 text-soft">None of them fits.</p>
            ) : (
              <Table
                label="Built-in evaluators"
                rows={found}
                rowKey={({ id }) => id}
                columns={builtinColumns(project)}
                {...(mayWrite && {
                  onOpen: ({ id }: EvaluatorEntry) =>
                    void navigate({ to: '/p/$project/evaluators/new', params: { project }, search: { evaluator: id } }),
                })}
              />
            )
          }}
        </Loaded>
      </Panel>
    </Page>
  )
}

const storedColumns = (project: string): Column<StoredEvaluator>[] => [
  {
    id: 'name',
    header: 'Name',
    cell: ({ name, problem }) => (
      <span className="flex items-center gap-2">
        <Link
          to="/p/$project/evaluators/$"
          params={{ project, _splat: name }}
          search={{}}
          className="font-medium hover:text-accent hover:underline"
        >
          {name}
        </Link>
        {problem && (
          <Badge tone="error" icon={<TriangleAlert size={12} aria-hidden />} tip={problem}>
            cannot run
          </Badge>
        )}
      </span>
    ),
  },
  { id: 'evaluator', header: 'Evaluator', cell: ({ evaluator }) => <span className="font-mono text-sm">{evaluator}</span> },
  {
    id: 'description',
    header: 'Description',
    wideOnly: true,
    className: 'max-w-96 truncate text-soft',
    cell: ({ description }) => description,
  },
  { id: 'version', header: 'Version', align: 'right', cell: ({ version }) => `v${version}` },
  { id: 'changed', header: 'Changed', align: 'right', cell: ({ updatedAt }) => <Ago time={updatedAt} /> },
]

const builtinColumns = (project: string): Column<EvaluatorEntry>[] => [
  {
    id: 'id',
    header: 'Id',
    cell: ({ id }) => (
      <Link
        to="/p/$project/evaluators/new"
        params={{ project }}
        search={{ evaluator: id }}
        className="font-mono text-sm hover:text-accent hover:underline"
      >
        {id}
      </Link>
    ),
  },
  { id: 'group', header: 'Kind', cell: ({ group }) => <span className="text-soft">{GROUPS[group]}</span> },
  {
    id: 'description',
    header: 'What its score says',
    className: 'max-w-0 w-1/2 truncate',
    cell: ({ description }) => <span data-tip={description}>{description}</span>,
  },
  {
    id: 'notFor',
    header: 'Not when',
    wideOnly: true,
    className: 'max-w-72 truncate text-soft',
    cell: ({ notFor }) => <span data-tip={notFor}>{notFor}</span>,
  },
  {
    id: 'needs',
    header: 'Needs',
    cell: ({ needs, costed }) => (
      <span className="text-soft">{[...needs, ...(costed ? ['a model or service'] : [])].join(', ') || '–'}</span>
    ),
  },
]
