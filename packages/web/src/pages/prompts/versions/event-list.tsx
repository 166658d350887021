import type { PromptEvent, PromptEventKind, PromptRow } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Archive, type LucideIcon, MessageSquare, Pencil, Plus, Save, ShieldCheck, Tag, Trash2, Undo2, UserCheck, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMay } from '../../../data/may.ts'
import { promptEventsQuery } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { Button } from '../../../ui/button.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Ago } from '../../../ui/values.tsx'
import { describeTarget } from '../labels.tsx'
import { useRollback } from '../use-rollback.ts'

const ICONS: Record<PromptEventKind, LucideIcon> = {
  created: Plus,
  version: Save,
  'label-set': Tag,
  'label-removed': X,
  'rolled-back': Undo2,
  requested: UserCheck,
  commented: MessageSquare,
  rejected: X,
  withdrawn: X,
  described: Pencil,
  archived: Archive,
  unarchived: Archive,
  'version-deleted': Trash2,
  deleted: Trash2,
  protected: ShieldCheck,
  unprotected: ShieldCheck,
}

/** Everything that was done to a prompt: who, from where to where, and why. The last move of a label goes back from here. */
export function EventList({ prompt }: { prompt: PromptRow }) {
  const project = useProject()
  const mayMove = useMay()('prompts:promote')
  const events = useQuery(promptEventsQuery(project, prompt.name))
  const rollBack = useRollback(prompt.name)
  return (
    <Panel title="What was done" description="Never changed, also when the prompt is deleted.">
      <Loaded query={events} skeleton={<SkeletonRows />}>
        {(list) => (
          <ol aria-label="Events">
            {list.map((event, at) => {
              const Icon = ICONS[event.kind]
              const label = isMove(event) ? prompt.labels.find((one) => one.label === event.label) : undefined
              const isLast = label !== undefined && !list.slice(0, at).some((later) => isMove(later) && later.label === event.label)
              return (
                <li key={event.id} className="flex min-h-8 items-start gap-2.5 border-b border-line px-3 py-1.5 last:border-b-0">
                  <Icon size={14} className="mt-[3px] shrink-0 text-faint" aria-hidden />
                  <div className="min-w-0 flex-1">
                    <p>{describe(event)}</p>
                    {event.why && <p className="break-words text-soft">“{event.why}”</p>}
                  </div>
                  {isLast && mayMove && event.from !== null && (
                    <Button size="small" onClick={() => rollBack(label)}>
                      <Undo2 size={13} aria-hidden /> Back to {describeTarget(event.from)}
                    </Button>
                  )}
                  <span className="shrink-0 text-sm text-faint">
                    {event.by ?? 'the server'}, <Ago time={event.at} />
                  </span>
                </li>
              )
            })}
          </ol>
        )}
      </Loaded>
    </Panel>
  )
}

const isMove = ({ kind }: PromptEvent) => kind === 'label-set' || kind === 'rolled-back'

/** In words; every kind has its own, so that a new one cannot be forgotten. */
const WORDS: Record<PromptEventKind, (event: PromptEvent, name: ReactNode, way: ReactNode) => ReactNode> = {
  created: () => 'Prompt made',
  version: ({ version }) => `Version ${version} saved`,
  'label-set': ({ approvedBy }, name, way) => (
    <>
      {name} moved: {way}
      {approvedBy && `, approved by ${approvedBy}`}
    </>
  ),
  'rolled-back': (_, name, way) => (
    <>
      {name} rolled back: {way}
    </>
  ),
  'label-removed': (_, name, way) => (
    <>
      {name} taken away: {way}
    </>
  ),
  requested: (_, name, way) => (
    <>
      Approval asked for: {name} {way}
    </>
  ),
  commented: (_, name) => <>Comment on the request for {name}</>,
  rejected: (_, name, way) => (
    <>
      Rejected: {name} {way}
    </>
  ),
  withdrawn: (_, name, way) => (
    <>
      Request withdrawn: {name} {way}
    </>
  ),
  described: () => 'Description or tags changed',
  archived: () => 'Archived',
  unarchived: () => 'Taken out of the archive',
  'version-deleted': ({ version }) => `Version ${version} deleted`,
  deleted: () => 'Deleted',
  protected: (_, name) => <>{name} protected in all prompts</>,
  unprotected: (_, name) => <>{name} no longer protected</>,
}

function describe(event: PromptEvent): ReactNode {
  const { kind, label, from, to } = event
  const name = <span className="font-mono text-sm">{label}</span>
  const way = (
    <span className="font-mono text-sm">
      {from && `${describeTarget(from)} → `}
      {describeTarget(to)}
    </span>
  )
  return WORDS[kind](event, name, way)
}
