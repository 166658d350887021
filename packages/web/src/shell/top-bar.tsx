import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useParams } from '@tanstack/react-router'
import { ChevronRight, CircleQuestionMark, Monitor, Moon, Search, Sun } from 'lucide-react'
import { useEffect } from 'react'
import { dashboardQuery } from '../data/dashboards.ts'
import { usePreference } from '../data/preferences.ts'
import { useSession } from '../data/session.ts'
import { useProject } from '../data/view.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Menu, MenuCheck } from '../ui/menu.tsx'
import { EnvironmentPicker } from './environment-picker.tsx'
import { LiveToggle } from './live-toggle.tsx'
import { ALL_PAGES } from './navigation.ts'
import type { Overlay } from './overlay.ts'
import { TimeRangePicker } from './time-range-picker.tsx'

/** Where one is, and what applies to every view: time, environment, live. */
export function TopBar({ onOverlay }: { onOverlay: (overlay: Overlay) => void }) {
  const { pathname } = useLocation()
  const observing = /\/(overview|traces|sessions|users|ingest|cache|prompts)(\/|$)|\/dashboards\/./.test(pathname)
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
      <Breadcrumb />
      <div className="ml-auto flex items-center gap-1.5">
        {observing && (
          <>
            {!/\/ingest$|\/prompts\/./.test(pathname) && <EnvironmentPicker />}
            <TimeRangePicker />
            <LiveToggle />
            <span className="mx-1 h-4 w-px bg-line" aria-hidden />
          </>
        )}
        <Button onClick={() => onOverlay('palette')} size="bar" aria-label="Search or run a command">
          <Search size={14} className="text-faint" aria-hidden />
          <span className="hidden text-faint xl:inline">Search</span>
          <span className="flex gap-0.5" aria-hidden>
            <Kbd>Mod</Kbd>
            <Kbd>K</Kbd>
          </span>
        </Button>
        <ThemeMenu />
        <IconButton label="Keyboard shortcuts  ?" onClick={() => onOverlay('help')}>
          <CircleQuestionMark size={15} />
        </IconButton>
      </div>
    </header>
  )
}

function Breadcrumb() {
  const project = useProject()
  const { projects } = useSession()
  const { pathname } = useLocation()
  const { traceId, sessionId, userId, dashboard, _splat } = useParams({ strict: false })
  const prompt = pathname.startsWith(`/p/${project}/prompts/`) ? _splat : undefined
  const named = useQuery({ ...dashboardQuery(project, dashboard ?? ''), enabled: dashboard !== undefined })
  const compares = pathname === `/p/${project}/compare`
  const detail = compares
    ? 'Compare'
    : (traceId?.slice(0, 12) ?? sessionId ?? userId ?? prompt ?? (dashboard && (named.data?.dashboard.name ?? '…')))
  // Comparing has no place of its own in the rail: one comes from the traces.
  const page = ALL_PAGES.find(({ to }) => (compares ? to === '/p/$project/traces' : pathname.startsWith(to.replace('$project', project))))
  const title = compares ? detail : detail && page ? `${page.title.replace(/s$/, '')} ${detail}` : page?.title
  useEffect(() => {
    document.title = title ? `${title} · Signalbox` : 'Signalbox'
  }, [title])
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex items-center gap-1 whitespace-nowrap">
        <li className="hidden truncate text-faint lg:block">{projects.find(({ id }) => id === project)?.name ?? project}</li>
        {page && (
          <>
            <li aria-hidden className="hidden text-faint lg:block">
              <ChevronRight size={13} />
            </li>
            <li className={detail ? 'text-faint' : 'font-medium'}>
              {detail ? (
                <Link to={page.to} params={{ project }} className="hover:text-text">
                  {page.title}
                </Link>
              ) : (
                <span aria-current="page">{page.title}</span>
              )}
            </li>
          </>
        )}
        {detail && (
          <>
            <li aria-hidden className="text-faint">
              <ChevronRight size={13} />
            </li>
            <li
              aria-current="page"
              className={compares || dashboard || prompt ? 'max-w-80 truncate font-medium' : 'max-w-40 truncate font-mono text-sm'}
            >
              {traceId ? `${detail}…` : detail}
            </li>
          </>
        )}
      </ol>
    </nav>
  )
}

const THEMES = [
  { value: 'system', title: 'System', icon: Monitor },
  { value: 'light', title: 'Light', icon: Sun },
  { value: 'dark', title: 'Dark', icon: Moon },
] as const

function ThemeMenu() {
  const [theme, setTheme] = usePreference('theme', 'system')
  const { icon: Icon } = THEMES.find(({ value }) => value === theme) ?? THEMES[0]
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="Theme">
          <Icon size={15} />
        </IconButton>
      }
    >
      {THEMES.map(({ value, title }) => (
        <MenuCheck key={value} checked={theme === value} onChange={() => setTheme(value)} closes>
          {title}
        </MenuCheck>
      ))}
    </Menu>
  )
}
