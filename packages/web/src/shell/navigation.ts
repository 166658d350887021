import { Activity, Boxes, KeyRound, LayoutDashboard, type LucideIcon, Plug, Rocket, Settings } from 'lucide-react'

export type PageLink = {
  to:
    | '/p/$project/getting-started'
    | '/p/$project/overview'
    | '/p/$project/traces'
    | '/p/$project/models'
    | '/p/$project/providers'
    | '/p/$project/keys'
    | '/p/$project/settings'
  title: string
  icon: LucideIcon
  /** The second key after `g`. */
  shortcut: string
}

/** The groups of the rail in the order of the life cycle; one appears when it has something that works. */
export const GROUPS: { title: string; pages: PageLink[] }[] = [
  {
    title: 'Observe',
    pages: [
      { to: '/p/$project/overview', title: 'Overview', icon: LayoutDashboard, shortcut: 'o' },
      { to: '/p/$project/traces', title: 'Traces', icon: Activity, shortcut: 't' },
    ],
  },
  {
    title: 'Serve',
    pages: [
      { to: '/p/$project/models', title: 'Models', icon: Boxes, shortcut: 'm' },
      { to: '/p/$project/providers', title: 'Providers', icon: Plug, shortcut: 'p' },
      { to: '/p/$project/keys', title: 'Keys', icon: KeyRound, shortcut: 'k' },
    ],
  },
]
export const GETTING_STARTED: PageLink = { to: '/p/$project/getting-started', title: 'Getting started', icon: Rocket, shortcut: 'g' }
export const SETTINGS: PageLink = { to: '/p/$project/settings', title: 'Settings', icon: Settings, shortcut: 's' }

export const ALL_PAGES: PageLink[] = [GETTING_STARTED, ...GROUPS.flatMap((group) => group.pages), SETTINGS]
