import { Outlet } from '@tanstack/react-router'
import { PageTabs } from '../../ui/page-tabs.tsx'

/** Aliases, two ways to try them before an app does, and what stored calls cost by the prices of today. */
export function ModelsLayout() {
  return (
    <div className="flex h-full flex-col">
      <PageTabs
        label="Models"
        pages={[
          { to: '/p/$project/models', title: 'Aliases', exact: true },
          { to: '/p/$project/models/simulate', title: 'Simulate' },
          { to: '/p/$project/models/dry-run', title: 'Dry run' },
          { to: '/p/$project/models/prices', title: 'Prices' },
        ]}
      />
      <div className="relative min-h-0 flex-1">
        <Outlet />
      </div>
    </div>
  )
}
