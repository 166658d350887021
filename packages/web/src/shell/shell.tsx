import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useLiveConnection } from '../data/live.ts'
import { useMay } from '../data/may.ts'
import { useMedia } from '../data/media.ts'
import { usePreference } from '../data/preferences.ts'
import { useSession } from '../data/session.ts'
import { useShortcuts } from '../data/shortcuts.ts'
import { useProject } from '../data/view.ts'
import { AccountBanner } from './account-banner.tsx'
import { pagesFor } from './navigation.ts'
import type { Overlay } from './overlay.ts'
import { Rail } from './rail.tsx'
import { TopBar } from './top-bar.tsx'

const DemoBanner = lazy(() => import('./demo-banner.tsx').then((module) => ({ default: module.DemoBanner })))
const ShortcutHelp = lazy(() => import('./shortcut-help.tsx').then((module) => ({ default: module.ShortcutHelp })))
const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })))

/** What surrounds every page of a project: rail, top bar, palette, shortcuts. */
export function Shell() {
  const project = useProject()
  const navigate = useNavigate()
  const may = useMay()
  const hasDemo = useSession().projects.find(({ id }) => id === project)?.demo === true
  const [overlay, setOverlay] = useState<Overlay>(null)
  // Where the window is small the lists need the room, unless somebody said otherwise.
  const [rail, setRail] = usePreference('rail', useMedia('(min-width: 1200px)') ? 'wide' : 'narrow')
  useLiveConnection(project)
  useShortcuts({
    '?': () => setOverlay('help'),
    '[': () => setRail(rail === 'wide' ? 'narrow' : 'wide'),
    ...Object.fromEntries(pagesFor(may).map((page) => [`g ${page.shortcut}`, () => navigate({ to: page.to, params: { project } })])),
  })
  useShortcuts({ 'Mod+k': () => setOverlay(overlay === 'palette' ? null : 'palette') }, { whileTyping: true })
  return (
    <div className="flex h-full">
      <a
        href="#page"
        className="sr-only z-50 rounded-md bg-accent-solid px-3 py-2 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <Rail
        narrow={rail === 'narrow'}
        onToggle={() => setRail(rail === 'wide' ? 'narrow' : 'wide')}
        overlay={overlay}
        onOverlay={setOverlay}
      />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar onOverlay={setOverlay} />
        <AccountBanner />
        {hasDemo && (
          <div className="flex h-10 items-center gap-2.5 border-b border-line bg-surface-0 px-6">
            <Suspense>
              <DemoBanner />
            </Suspense>
          </div>
        )}
        <main id="page" tabIndex={-1} className="min-h-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      {overlay === 'help' && (
        <Suspense>
          <ShortcutHelp onClose={() => setOverlay(null)} />
        </Suspense>
      )}
      {overlay === 'palette' && (
        <Suspense>
          <Palette onClose={() => setOverlay(null)} onOverlay={setOverlay} />
        </Suspense>
      )}
    </div>
  )
}
