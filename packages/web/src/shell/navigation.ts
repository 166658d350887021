import type { Permission } from '@signalbox/schema'
import {
  Activity,
  Boxes,
  CircleUserRound,
  ClipboardCheck,
  Database,
  FlaskConical,
  Inbox,
  KeyRound,
  LayoutDashboard,
  LayoutGrid,
  type LucideIcon,
  MessagesSquare,
  Plug,
  Radio,
  Rocket,
  Scale,
  ScrollText,
  Settings,
  ShieldOff,
  Split,
  Table2,
  TestTubes,
  Users,
} from 'lucide-react'

export type PageLink = {
  to:
    | '/p/$project/getting-started'
    | '/p/$project/overview'
    | '/p/$project/traces'
    | '/p/$project/sessions'
    | '/p/$project/users'
    | '/p/$project/dashboards'
    | '/p/$project/prompts'
    | '/p/$project/playground'
    | '/p/$project/datasets'
    | '/p/$project/evaluators'
    | '/p/$project/reviews'
    | '/p/$project/experiments'
    | '/p/$project/models'
    | '/p/$project/providers'
    | '/p/$project/keys'
    | '/p/$project/splits'
    | '/p/$project/cache'
    | '/p/$project/live'
    | '/p/$project/ingest'
    | '/p/$project/privacy'
    | '/p/$project/access'
    | '/p/$project/settings'
  title: string
  icon: LucideIcon
  /** The second key after `g`. */
  shortcut: string
  /** Without it the page has nothing to show. */
  needs?: Permission
}

/** The groups of the rail in the order of the life cycle; one appears when it has something that works. */
const GROUPS: { title: string; pages: PageLink[] }[] = [
  {
    title: 'Observe',
    pages: [
      { to: '/p/$project/overview', title: 'Overview', icon: LayoutDashboard, shortcut: 'o' },
      { to: '/p/$project/traces', title: 'Traces', icon: Activity, shortcut: 't' },
      { to: '/p/$project/sessions', title: 'Sessions', icon: MessagesSquare, shortcut: 'n' },
      { to: '/p/$project/users', title: 'Users', icon: CircleUserRound, shortcut: 'u' },
      { to: '/p/$project/dashboards', title: 'Dashboards', icon: LayoutGrid, shortcut: 'd', needs: 'dashboards:read' },
      { to: '/p/$project/ingest', title: 'Ingest', icon: Inbox, shortcut: 'i' },
    ],
  },
  {
    title: 'Build',
    pages: [
      { to: '/p/$project/prompts', title: 'Prompts', icon: ScrollText, shortcut: 'r', needs: 'prompts:read' },
      { to: '/p/$project/playground', title: 'Playground', icon: FlaskConical, shortcut: 'w' },
    ],
  },
  {
    title: 'Evaluate',
    pages: [
      { to: '/p/$project/datasets', title: 'Datasets', icon: Table2, shortcut: 'b', needs: 'datasets:read' },
      { to: '/p/$project/experiments', title: 'Experiments', icon: TestTubes, shortcut: 'e', needs: 'experiments:read' },
      { to: '/p/$project/evaluators', title: 'Evaluators', icon: Scale, shortcut: 'v', needs: 'evaluators:read' },
      { to: '/p/$project/reviews', title: 'Review', icon: ClipboardCheck, shortcut: 'q', needs: 'reviews:read' },
    ],
  },
  {
    title: 'Serve',
    pages: [
      { to: '/p/$project/models', title: 'Models', icon: Boxes, shortcut: 'm' },
      { to: '/p/$project/providers', title: 'Providers', icon: Plug, shortcut: 'p' },
      { to: '/p/$project/keys', title: 'Keys & budgets', icon: KeyRound, shortcut: 'k' },
      { to: '/p/$project/splits', title: 'Splits', icon: Split, shortcut: 'x' },
      { to: '/p/$project/cache', title: 'Cache', icon: Database, shortcut: 'c', needs: 'cache:read' },
      { to: '/p/$project/live', title: 'Live', icon: Radio, shortcut: 'l' },
    ],
  },
  {
    title: 'Govern',
    pages: [
      { to: '/p/$project/privacy', title: 'Privacy', icon: ShieldOff, shortcut: 'y', needs: 'traces:delete' },
      { to: '/p/$project/access', title: 'Access', icon: Users, shortcut: 'a', needs: 'members:read' },
    ],
  },
]
export const GETTING_STARTED: PageLink = { to: '/p/$project/getting-started', title: 'Getting started', icon: Rocket, shortcut: 'g' }
export const SETTINGS: PageLink = { to: '/p/$project/settings', title: 'Settings', icon: Settings, shortcut: 's' }

export const ALL_PAGES: PageLink[] = [GETTING_STARTED, ...GROUPS.flatMap((group) => group.pages), SETTINGS]

type May = (permission: Permission) => boolean
const shows =
  (may: May) =>
  ({ needs }: PageLink): boolean =>
    needs === undefined || may(needs)
/** The pages that have something to show to somebody. */
export const pagesFor = (may: May): PageLink[] => ALL_PAGES.filter(shows(may))
/** The groups of the rail for somebody, without empty ones. */
export const groupsFor = (may: May): typeof GROUPS =>
  GROUPS.map((group) => ({ ...group, pages: group.pages.filter(shows(may)) })).filter(({ pages }) => pages.length > 0)
