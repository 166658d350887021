import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { LogOut, PanelLeftClose, PanelLeftOpen, UserRound } from 'lucide-react'
import { useMay, useRole } from '../data/may.ts'
import { startedQuery } from '../data/queries.ts'
import { logout, useSession } from '../data/session.ts'
import { useProject } from '../data/view.ts'
import { classNames } from '../lib/class-names.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu, MenuHeading, MenuItem } from '../ui/menu.tsx'
import { GETTING_STARTED, groupsFor, type PageLink, SETTINGS } from './navigation.ts'
import type { Overlay } from './overlay.ts'
import { ProjectSwitcher } from './project-switcher.tsx'

type Props = { narrow: boolean; onToggle: () => void; overlay: Overlay; onOverlay: (overlay: Overlay) => void }

/** The left rail: projects on top, pages by group, the account at the foot. */
export function Rail({ narrow, onToggle, overlay, onOverlay }: Props) {
  const project = useProject()
  const may = useMay()
  const started = useQuery(startedQuery(project))
  return (
    <aside
      className={classNames('flex shrink-0 flex-col border-r border-line bg-surface-0', narrow ? 'w-(--rail-narrow)' : 'w-(--rail)')}
      aria-label="Main"
    >
      <div className="flex h-12 items-center border-b border-line px-2">
        <ProjectSwitcher
          narrow={narrow}
          creating={overlay === 'new-project'}
          onCreating={(open) => onOverlay(open ? 'new-project' : null)}
        />
      </div>
      <nav aria-label="Pages" className="flex-1 overflow-y-auto px-2 py-2">
        {started.data === false && (
          <ul className="mb-3">
            <RailLink page={GETTING_STARTED} narrow={narrow} />
          </ul>
        )}
        {groupsFor(may).map((group) => (
          <div key={group.title} className={narrow ? 'mb-1' : 'mb-1.5'}>
            {narrow ? (
              <div className="mx-2 mb-1 border-t border-line first:border-0" />
            ) : (
              <h2 className="px-2 pb-1 text-xs font-medium text-faint">{group.title}</h2>
            )}
            <ul aria-label={group.title}>
              {group.pages.map((page) => (
                <RailLink key={page.to} page={page} narrow={narrow} />
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="flex flex-col gap-1 border-t border-line p-2">
        <ul>
          <RailLink page={SETTINGS} narrow={narrow} />
        </ul>
        <div className={classNames('flex items-center', narrow && 'flex-col gap-1')}>
          <AccountMenu narrow={narrow} />
          <IconButton label={narrow ? 'Widen the rail  [' : 'Narrow the rail  ['} onClick={onToggle}>
            {narrow ? <PanelLeftOpen size={15} /> : <PanelLeftClose size={15} />}
          </IconButton>
        </div>
      </div>
    </aside>
  )
}

function RailLink({ page, narrow }: { page: PageLink; narrow: boolean }) {
  const project = useProject()
  const { icon: Icon } = page
  return (
    <li>
      <Link
        to={page.to}
        params={{ project }}
        activeOptions={{ includeSearch: false }}
        aria-label={page.title}
        {...(narrow && { 'data-tip': page.title })}
        className={classNames(
          'flex items-center gap-2.5 rounded-md text-soft hover:bg-surface-2 hover:text-text',
          'data-[status=active]:bg-surface-2 data-[status=active]:font-medium data-[status=active]:text-text',
          // All pages stand in a window of 768 lines.
          narrow ? 'h-6 justify-center' : 'h-7 px-2',
        )}
      >
        <Icon size={15} aria-hidden />
        {!narrow && page.title}
      </Link>
    </li>
  )
}

function AccountMenu({ narrow }: { narrow: boolean }) {
  const { account } = useSession()
  const role = useRole()
  const navigate = useNavigate()
  const name = account.email ?? account.role
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          aria-label={`Account ${name}`}
          className={classNames(
            'flex h-8 min-w-0 items-center gap-2.5 rounded-md text-soft hover:bg-surface-2 hover:text-text',
            narrow ? 'w-full justify-center' : 'flex-1 px-2',
          )}
        >
          <UserRound size={15} aria-hidden />
          {!narrow && <span className="truncate">{name}</span>}
        </button>
      }
    >
      <MenuHeading>
        {name} · {account.role === 'owner' ? 'owner of the organisation' : role}
      </MenuHeading>
      <MenuItem
        icon={<LogOut size={14} />}
        onClick={async () => {
          await logout()
          navigate({ to: '/login' })
        }}
      >
        Log out
      </MenuItem>
    </Menu>
  )
}
