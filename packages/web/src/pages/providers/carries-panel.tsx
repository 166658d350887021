import { CAPABILITIES, type Capability, type Carried, carriedBy, type Provider, type ProviderKind } from '@signalbox/schema'
import { Check, CircleDashed, Minus } from 'lucide-react'
import { Panel } from '../../ui/panel.tsx'
import { type Column, Table } from '../../ui/table.tsx'

/** What each kind in the list carries, from the table that the codecs are held to. */
export function CarriesPanel({ providers }: { providers: readonly Provider[] }) {
  const kinds = [...new Set(providers.map(({ kind }) => kind))].filter((kind): kind is ProviderKind => kind in carriedBy)
  return (
    <Panel
      title="What each kind carries"
      description="To the models that take it. What is not carried is named in the header x-signalbox-dropped of the answer."
    >
      <Table label="What each kind carries" columns={columns} rows={kinds} rowKey={(kind) => kind} />
    </Panel>
  )
}

const columns: Column<ProviderKind>[] = [
  { id: 'kind', header: 'Kind', cell: (kind) => <span className="font-medium">{kind}</span> },
  ...(Object.entries(CAPABILITIES) as [Capability, string][]).map(
    ([capability, header]): Column<ProviderKind> => ({
      id: capability,
      header,
      cell: (kind) => <Cell carried={carriedBy[kind][capability]} />,
    }),
  ),
]

function Cell({ carried }: { carried: Carried }) {
  if (carried === 'yes') {
    return (
      <>
        <Check size={14} className="text-ok" aria-hidden />
        <span className="sr-only">yes</span>
      </>
    )
  }
  if (carried === 'no') {
    return (
      <>
        <Minus size={14} className="text-faint" aria-hidden />
        <span className="sr-only">no</span>
      </>
    )
  }
  return (
    <span className="inline-flex items-center gap-1 text-soft" data-tip={carried.partly}>
      <CircleDashed size={13} aria-hidden /> partly<span className="sr-only">: {carried.partly}</span>
    </span>
  )
}
