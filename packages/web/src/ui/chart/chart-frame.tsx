import { ChartLine, Download, Table2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { download, toCsv } from '../../lib/csv.ts'
import { IconButton } from '../button.tsx'
import { Panel } from '../panel.tsx'

export type Cells = (string | number | boolean | null | undefined)[]
type Props = {
  title: string
  description?: ReactNode
  /** The same numbers as rows, whole and exact: the file. */
  csv: () => { header: string[]; rows: Cells[] }
  table: () => ReactNode
  chart: () => ReactNode
  /** Beside the title: a legend. */
  legend?: ReactNode
  /** Behind the buttons of the frame: what only this chart can. */
  actions?: ReactNode
  /** Of what is drawn, in pixels: the same for chart, table and skeleton, so that nothing jumps. */
  height: number
  className?: string | undefined
}

/** What every chart has around it: its title, the same numbers as a table, and as a file. */
export function ChartFrame({ title, description, csv, table, chart, legend, actions, height, className }: Props) {
  const [asTable, setAsTable] = useState(false)
  const save = () => {
    const { header, rows } = csv()
    download(`${title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.csv`, toCsv(header, rows))
  }
  return (
    <Panel
      className={classNames('flex flex-col', className)}
      title={title}
      description={description}
      actions={
        <div className="flex items-center gap-1">
          {legend}
          <IconButton label={asTable ? 'Chart' : 'Table'} size="small-icon" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? <ChartLine size={14} /> : <Table2 size={14} />}
          </IconButton>
          <IconButton label="Download CSV" size="small-icon" onClick={save}>
            <Download size={14} />
          </IconButton>
          {actions}
        </div>
      }
    >
      <div className="relative p-2" style={{ height }}>
        {asTable ? table() : chart()}
      </div>
    </Panel>
  )
}

type ValuesProps = {
  title: string
  header: readonly string[]
  /** The first cell names the row. */
  rows: readonly {
    key: string
    name: string
    cells: readonly string[]
    onOpen?: (() => void) | undefined
    onCell?: ((cell: number) => void) | undefined
  }[]
}
/** The numbers of a chart as a table that scrolls in the place of the chart. */
export function ValuesTable({ title, header, rows }: ValuesProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="h-full overflow-auto" aria-label={`${title}, table`} tabIndex={0}>
      <table className="w-full">
        <thead className="sticky top-0 bg-surface-1">
          <tr>
            {header.map((name, at) => (
              <th
                key={name}
                scope="col"
                className={classNames('px-2 text-sm font-medium whitespace-nowrap text-faint', at === 0 ? 'text-left' : 'text-right')}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, cells, onOpen, onCell }) => (
            <tr key={key} className="hover:bg-surface-0">
              <td className="px-2 whitespace-nowrap">
                {onOpen ? (
                  <button type="button" onClick={onOpen} className="text-sm hover:text-accent hover:underline">
                    {name}
                  </button>
                ) : (
                  <span className="text-sm">{name}</span>
                )}
              </td>
              {cells.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column has its place.
                <td key={at} className="tabular px-2 text-right whitespace-nowrap">
                  {onCell && cell !== '0' && cell !== '–' ? (
                    <button type="button" onClick={() => onCell(at)} className="hover:text-accent hover:underline">
                      {cell}
                    </button>
                  ) : (
                    cell
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
