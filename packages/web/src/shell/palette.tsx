import { Dialog as Base } from '@base-ui/react/dialog'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Activity, ArrowRight, CircleUserRound, Clock, Link2, MessagesSquare, Moon, NotebookText, Plus, Radio, Search } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useIsOrganisationOwner, useMay } from '../data/may.ts'
import { usePreference } from '../data/preferences.ts'
import { useSession } from '../data/session.ts'
import { useProject, useSetView } from '../data/view.ts'
import { RELATIVE_RANGES, type RelativeRange } from '../lib/time-range.ts'
import { copyAndTell } from '../ui/copy.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { pagesFor } from './navigation.ts'
import type { Overlay } from './overlay.ts'
import { useFoundIds } from './use-found-ids.ts'

type Props = { onClose: () => void; onOverlay: (overlay: Overlay) => void }

/** Goes anywhere, finds a trace, a session or a user by its id, runs actions. */
export function Palette({ onClose, onOverlay }: Props) {
  const project = useProject()
  const { projects } = useSession()
  const navigate = useNavigate()
  const { setRange } = useSetView()
  const may = useMay()
  const isOwner = useIsOrganisationOwner()
  const [text, setText] = useState('')
  const [theme, setTheme] = usePreference('theme', 'system')
  const [live, setLive] = usePreference('live', 'on')
  const run = (action: () => unknown) => () => {
    onClose()
    action()
  }
  const typed = text.trim()
  const found = useFoundIds(project, typed)
  const looksLikeId = /^[\w:.-]{12,}$/.test(typed) && /\d/.test(typed)
  const traces = (
    <Group title="Traces">
      {looksLikeId && (
        <Item
          id={`trace ${typed}`}
          icon={<Activity size={14} />}
          onSelect={run(() => navigate({ to: '/p/$project/traces/$traceId', params: { project, traceId: typed } }))}
        >
          Open trace <span className="font-mono text-sm">{typed}</span>
        </Item>
      )}
      <Item
        id={`search ${typed}`}
        icon={<Search size={14} />}
        onSelect={run(() => navigate({ to: '/p/$project/traces', params: { project }, search: { search: typed } }))}
      >
        Search traces for “{typed}”
      </Item>
    </Group>
  )
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-(--scrim)" />
        <Base.Popup
          aria-label="Command palette"
          className="floating fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-32px))] -translate-x-1/2"
        >
          <Command label="Command palette" loop filter={rank}>
            <div className="flex h-11 items-center gap-2.5 border-b border-line px-3.5">
              <Search size={15} className="text-faint" aria-hidden />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder="Go to a page, type an id, run an action"
                className="h-full flex-1 bg-transparent outline-none placeholder:text-faint"
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.List className="max-h-[min(420px,60vh)] scroll-py-1 overflow-y-auto p-1 outline-none">
              <Command.Empty className="px-3 py-6 text-center text-faint">Nothing matches</Command.Empty>
              {looksLikeId && traces}
              {found.prompts.length > 0 && (
                <Group title="Prompts">
                  {found.prompts.map((name) => (
                    <Item
                      key={name}
                      id={`found prompt ${name}`}
                      icon={<NotebookText size={14} />}
                      onSelect={run(() => navigate({ to: '/p/$project/prompts/$', params: { project, _splat: name }, search: {} }))}
                    >
                      Prompt <span className="font-mono text-sm">{name}</span>
                    </Item>
                  ))}
                </Group>
              )}
              {found.sessions.length > 0 && (
                <Group title="Sessions">
                  {found.sessions.map((sessionId) => (
                    <Item
                      key={sessionId}
                      id={`found session ${sessionId}`}
                      icon={<MessagesSquare size={14} />}
                      onSelect={run(() => navigate({ to: '/p/$project/sessions/$sessionId', params: { project, sessionId } }))}
                    >
                      Session <span className="font-mono text-sm">{sessionId}</span>
                    </Item>
                  ))}
                </Group>
              )}
              {found.users.length > 0 && (
                <Group title="Users">
                  {found.users.map((userId) => (
                    <Item
                      key={userId}
                      id={`found user ${userId}`}
                      icon={<CircleUserRound size={14} />}
                      onSelect={run(() => navigate({ to: '/p/$project/users/$userId', params: { project, userId } }))}
                    >
                      User <span className="font-mono text-sm">{userId}</span>
                    </Item>
                  ))}
                </Group>
              )}
              <Group title="Go to">
                {pagesFor(may).map((page) => (
                  <Item
                    key={page.to}
                    id={page.title}
                    icon={<page.icon size={14} />}
                    onSelect={run(() => navigate({ to: page.to, params: { project } }))}
                    keys={['g', page.shortcut]}
                  >
                    {page.title}
                  </Item>
                ))}
                {projects
                  .filter(({ id }) => id !== project)
                  .map(({ id, name }) => (
                    <Item
                      key={id}
                      id={`project ${name} ${id}`}
                      icon={<ArrowRight size={14} />}
                      onSelect={run(() => navigate({ to: '/p/$project/overview', params: { project: id } }))}
                    >
                      Project {name}
                    </Item>
                  ))}
              </Group>
              <Group title="Actions">
                {may('keys:own') && (
                  <Item
                    id="create key"
                    icon={<Plus size={14} />}
                    onSelect={run(() => navigate({ to: '/p/$project/keys', params: { project }, hash: 'new' }))}
                  >
                    Create a key
                  </Item>
                )}
                {may('prompts:write') && (
                  <Item
                    id="write new prompt"
                    icon={<Plus size={14} />}
                    onSelect={run(() => navigate({ to: '/p/$project/prompts/new', params: { project } }))}
                  >
                    Write a prompt
                  </Item>
                )}
                {may('members:write') && (
                  <Item
                    id="invite somebody member"
                    icon={<Plus size={14} />}
                    onSelect={run(() => navigate({ to: '/p/$project/access', params: { project }, hash: 'invite' }))}
                  >
                    Invite somebody
                  </Item>
                )}
                {isOwner && (
                  <Item id="create new project" icon={<Plus size={14} />} onSelect={run(() => onOverlay('new-project'))}>
                    Create a project
                  </Item>
                )}
                <Item id="copy link address" icon={<Link2 size={14} />} onSelect={run(() => copyAndTell(location.href, 'Link'))}>
                  Copy a link to this view
                </Item>
                <Item id="live updates pause follow" icon={<Radio size={14} />} onSelect={run(() => setLive(live === 'on' ? 'off' : 'on'))}>
                  {live === 'on' ? 'Pause live updates' : 'Follow live updates'}
                </Item>
                {(['system', 'light', 'dark'] as const)
                  .filter((choice) => choice !== theme)
                  .map((choice) => (
                    <Item key={choice} id={`theme ${choice}`} icon={<Moon size={14} />} onSelect={run(() => setTheme(choice))}>
                      Theme: {choice}
                    </Item>
                  ))}
                <Item id="keyboard shortcuts help" icon={<Search size={14} />} onSelect={run(() => onOverlay('help'))} keys={['?']}>
                  Keyboard shortcuts
                </Item>
              </Group>
              <Group title="Time range">
                {Object.entries(RELATIVE_RANGES).map(([range, { title }]) => (
                  <Item
                    key={range}
                    id={`time range ${title} ${range}`}
                    icon={<Clock size={14} />}
                    onSelect={run(() => setRange({ kind: 'relative', range: range as RelativeRange }))}
                  >
                    {title}
                  </Item>
                ))}
              </Group>
              {typed && !looksLikeId && traces}
            </Command.List>
          </Command>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** Every word must occur; a beginning counts more, and searching the traces is what is left when nothing else fits. */
function rank(value: string, search: string): number {
  if (value.startsWith('trace ') || value.startsWith('found ')) return 1
  if (value.startsWith('search ')) return 0.01
  const text = value.toLowerCase()
  const words = search.toLowerCase().trim().split(/\s+/)
  if (!words.every((word) => text.includes(word))) return 0
  return text.startsWith(words[0] ?? '') ? 0.9 : 0.5
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={title}
      className="**:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:text-faint"
    >
      {children}
    </Command.Group>
  )
}

type ItemProps = { id: string; icon: ReactNode; children: ReactNode; onSelect: () => void; keys?: string[] }
function Item({ id, icon, children, onSelect, keys = [] }: ItemProps) {
  return (
    <Command.Item
      value={id}
      onSelect={onSelect}
      className="flex h-8 items-center gap-2.5 rounded-sm px-2.5 select-none data-[selected=true]:bg-surface-2"
    >
      <span className="text-faint" aria-hidden>
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <span className="flex gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </span>
    </Command.Item>
  )
}
