import type { SystemStatus } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { systemQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { formatBytes, formatCount } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Badge } from '../../ui/badge.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'

const ENGINES = { sql: 'Records', events: 'Events', keyValue: 'Cache and counters', blobs: 'Files' } as const

/** Engines, disk, journal and memory of the server. */
export function SystemPanel() {
  const status = useQuery(systemQuery(useProject()))
  return (
    <Panel title="System">
      <Loaded query={status} skeleton={<SkeletonRows rows={10} />}>
        {(system) => (
          <>
            <Section title="Engines">
              {Object.entries(ENGINES).map(([name, title]) => (
                <Engine key={name} title={title} engine={system.engines[name as keyof typeof ENGINES]} />
              ))}
            </Section>
            <Section title="Storage">
              <Line title="Data folder">
                <CopyId id={system.dataFolder} what="path" className="-mr-1" />
              </Line>
              <Disk disk={system.disk} />
              <Line title="Spans stored">{formatCount(system.spans)}</Line>
            </Section>
            <Section title="Journal" note="What the edges have taken in and the store has not acknowledged yet. It survives a crash.">
              {system.journal.edges.length === 0 && <p className="py-1 text-faint">No edge has reported yet.</p>}
              {system.journal.edges.map((edge) => (
                <Line
                  key={edge.id}
                  title={
                    <CopyId id={edge.id} what="edge id" className="-ml-1">
                      {edge.id.slice(0, 14)}
                    </CopyId>
                  }
                >
                  {edge.full && (
                    <Badge
                      tone="error"
                      icon={<CircleAlert size={12} />}
                      className="mr-2 font-sans"
                      tip="New events are refused until the store catches up or space is freed"
                    >
                      full
                    </Badge>
                  )}
                  {edge.pendingBytes === 0 ? 'nothing pending' : `${formatBytes(edge.pendingBytes)} pending`}
                  <span className="text-faint">
                    {' '}
                    · seen <Ago time={edge.lastSeen} />
                  </span>
                </Line>
              ))}
            </Section>
            <Section title="Process">
              <Line title="Version">{system.version}</Line>
              <Line title="Running for">{formatDuration(system.uptimeSeconds * 1000)}</Line>
              <Line title="Memory of the core">{formatBytes(system.memory.rssBytes)}</Line>
            </Section>
          </>
        )}
      </Loaded>
    </Panel>
  )
}

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="border-b border-line px-3 py-2.5 last:border-b-0">
      <h3 className="mb-1 text-sm font-medium text-faint">{title}</h3>
      {note && <p className="mb-1 text-sm text-faint">{note}</p>}
      {children}
    </section>
  )
}

function Line({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-7 items-center justify-between gap-4">
      <span className="shrink-0 text-soft">{title}</span>
      <span className="tabular min-w-0 text-right">{children}</span>
    </div>
  )
}

function Engine({ title, engine }: { title: string; engine: SystemStatus['engines']['sql'] }) {
  return (
    <Line title={title}>
      <span className="flex items-center justify-end gap-2">
        {engine.message && <span className="font-sans text-base text-soft">{engine.message}</span>}
        <span>
          {engine.name} {engine.version}
        </span>
        {engine.ok ? (
          <Badge tone="ok" icon={<CircleCheck size={12} />} className="font-sans">
            ok
          </Badge>
        ) : (
          <Badge tone="error" icon={<CircleAlert size={12} />} className="font-sans">
            failing
          </Badge>
        )}
      </span>
    </Line>
  )
}

function Disk({ disk }: { disk: SystemStatus['disk'] }) {
  const free = disk.totalBytes > 0 ? disk.freeBytes / disk.totalBytes : 1
  const low = free < 0.1
  return (
    <Line title="Disk">
      {low && (
        <Badge tone="warning" className="mr-2 font-sans">
          low
        </Badge>
      )}
      <span data-tip={`of ${formatBytes(disk.totalBytes)} in all`}>
        {formatBytes(disk.usedByData)} used, {formatBytes(disk.freeBytes)} free
      </span>
    </Line>
  )
}
