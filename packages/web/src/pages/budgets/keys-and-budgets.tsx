import { Outlet } from '@tanstack/react-router'
import { useMay } from '../../data/may.ts'
import { PageTabs } from '../../ui/page-tabs.tsx'

/** Who may call, and how much of it. */
export function KeysAndBudgets() {
  const may = useMay()
  return (
    <div className="flex h-full flex-col">
      <PageTabs
        label="Keys and budgets"
        pages={[
          { to: '/p/$project/keys', title: 'Keys', exact: true },
          ...(may('budgets:read') ? [{ to: '/p/$project/keys/budgets' as const, title: 'Budgets' }] : []),
        ]}
      />
      <div className="relative min-h-0 flex-1">
        <Outlet />
      </div>
    </div>
  )
}
