import type { SpanDetail, SpanOutline } from '@signalbox/schema'
import { Copy, Link2, ListFilter, ListPlus, MoreHorizontal, SquareTerminal } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { formatCount } from '../../lib/format-number.ts'
import { IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { curlOf } from './curl.ts'
import { groupOf } from './span-group.ts'
import type { Look } from './use-look.ts'

const AddToDataset = lazy(() => import('../datasets/add/add-to-dataset.tsx'))
const OpenInPlayground = lazy(() => import('../playground/open-in-playground.tsx'))

type Props = { traceId: string; span: SpanOutline; detail: SpanDetail | undefined; look: Look; twins: number }

/** What can be done from a step. */
export function SpanActions({ traceId, span, detail, look, twins }: Props) {
  const [adding, setAdding] = useState(false)
  const curl = detail && curlOf(detail, location.origin)
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label="Actions of the span" size="small-icon">
            <MoreHorizontal size={15} />
          </IconButton>
        }
      >
        {span.kind === 'llm' && detail && (
          <Suspense>
            <OpenInPlayground traceId={traceId} spanId={span.spanId} />
          </Suspense>
        )}
        <MenuItem icon={<ListPlus size={14} />} onClick={() => setAdding(true)}>
          Add to a dataset…
        </MenuItem>
        {curl && (
          <MenuItem icon={<SquareTerminal size={14} />} onClick={() => copyAndTell(curl, 'Command')}>
            Copy as curl
          </MenuItem>
        )}
        <MenuItem icon={<Link2 size={14} />} onClick={() => copyAndTell(linkTo(traceId, span.spanId), 'Link to the span')}>
          Copy link to the span
        </MenuItem>
        <MenuItem icon={<Copy size={14} />} onClick={() => copyAndTell(span.spanId, 'Span id')}>
          Copy span id
        </MenuItem>
        {twins > 1 && (
          <MenuItem icon={<ListFilter size={14} />} onClick={() => look.showGroup(groupOf(span))}>
            Show all {formatCount(twins)} of this name
          </MenuItem>
        )}
      </Menu>
      {adding && (
        <Suspense>
          <AddToDataset from={{ spans: [{ traceId, spanId: span.spanId }] }} onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </>
  )
}

/** The page of the trace with this span open, whichever page it is looked at on. */
const linkTo = (traceId: string, spanId: string): string =>
  `${location.origin}${location.pathname.replace(/^(\/p\/[^/]+)\/.*$/, '$1')}/traces/${traceId}?span=${spanId}`
