import { Monitor, Moon, Sun } from 'lucide-react'
import { useIsOrganisationOwner, useMay } from '../../data/may.ts'
import { usePreference } from '../../data/preferences.ts'
import { useSession } from '../../data/session.ts'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { AccountPanel } from './account-panel.tsx'
import { ConfigPanel } from './config-panel.tsx'
import { LeavePanel } from './leave-panel.tsx'
import { LoginsPanel } from './logins-panel.tsx'
import { OriginsPanel } from './origins-panel.tsx'
import { ProjectPanel } from './project-panel.tsx'
import { RetentionPanel } from './retention-panel.tsx'
import { SystemPanel } from './system-panel.tsx'

/** The project, the account, the look, and the state of the server. */
export function SettingsPage() {
  const may = useMay()
  const isOwner = useIsOrganisationOwner()
  const { version } = useSession()
  return (
    <Page>
      <PageHeader
        title="Settings"
        question="Name and rules of this project, your account, how the interface looks, and how the server is doing."
      />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_300px] xl:grid-cols-[minmax(0,1fr)_360px]">
        <div className="flex min-w-0 flex-col gap-4">
          {may('config:read') && <ConfigPanel />}
          {may('system:read') && <SystemPanel />}
          <LoginsPanel />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <ProjectPanel />
          <RetentionPanel />
          <OriginsPanel />
          <AccountPanel />
          <AppearancePanel />
          {!isOwner && <LeavePanel />}
          <Panel title="About">
            <dl className="p-3 text-soft">
              <div className="flex justify-between">
                <dt>Version</dt>
                <dd className="font-mono text-sm text-text">{version}</dd>
              </div>
              <div className="mt-1 flex justify-between">
                <dt>API description</dt>
                <dd>
                  <a href="/openapi.json" target="_blank" rel="noreferrer" className="text-accent hover:underline">
                    /openapi.json
                  </a>
                </dd>
              </div>
            </dl>
          </Panel>
        </div>
      </div>
    </Page>
  )
}

function AppearancePanel() {
  const [theme, setTheme] = usePreference('theme', 'system')
  return (
    <Panel title="Appearance">
      <div className="flex items-center justify-between p-3">
        <span className="text-soft">Theme</span>
        <Segmented
          label="Theme"
          value={theme}
          onChange={setTheme}
          choices={[
            { value: 'system', label: <Monitor size={14} aria-hidden />, title: 'System' },
            { value: 'light', label: <Sun size={14} aria-hidden />, title: 'Light' },
            { value: 'dark', label: <Moon size={14} aria-hidden />, title: 'Dark' },
          ]}
        />
      </div>
    </Panel>
  )
}
