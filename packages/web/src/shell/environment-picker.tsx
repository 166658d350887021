import { useQuery } from '@tanstack/react-query'
import { ChevronsUpDown } from 'lucide-react'
import { valuesQuery } from '../data/queries.ts'
import { useSetView, useView } from '../data/view.ts'
import { Button } from '../ui/button.tsx'
import { Menu, MenuCheck } from '../ui/menu.tsx'

/** One environment, or all of them. Absent while no call ever named one. */
export function EnvironmentPicker() {
  const { project, environment } = useView()
  const { setEnvironment } = useSetView()
  const { data: values = [] } = useQuery(valuesQuery({ project, field: 'environment' }))
  const names = [...new Set([...values.map(({ value }) => value), ...(environment ? [environment] : [])])].filter(Boolean)
  if (names.length === 0) return null
  return (
    <Menu
      align="end"
      trigger={
        <Button aria-label={`Environment: ${environment ?? 'all'}`} size="bar" className="max-w-48">
          <span className="truncate">{environment ?? 'All environments'}</span>
          <ChevronsUpDown size={13} className="text-faint" aria-hidden />
        </Button>
      }
    >
      <MenuCheck checked={environment === undefined} onChange={() => setEnvironment(undefined)} closes>
        All environments
      </MenuCheck>
      {names.map((name) => (
        <MenuCheck key={name} checked={environment === name} onChange={() => setEnvironment(name)} closes>
          {name}
        </MenuCheck>
      ))}
    </Menu>
  )
}
