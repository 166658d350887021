import { useQuery } from '@tanstack/react-query'
import { valuesQuery } from '../data/queries.ts'
import { useSetView, useView } from '../data/view.ts'
import { Select } from '../ui/select.tsx'

const ALL = '*'

/** One environment, or all of them. Absent while no call ever named one. */
export function EnvironmentPicker() {
  const { project, environment } = useView()
  const { setEnvironment } = useSetView()
  const { data: values = [] } = useQuery(valuesQuery({ project, field: 'environment' }))
  const names = [...new Set([...values.map(({ value }) => value), ...(environment ? [environment] : [])])].filter(Boolean)
  if (names.length === 0) return null
  return (
    <Select
      label="Environment"
      value={environment ?? ALL}
      choices={[{ value: ALL, label: 'All environments' }, ...names.map((name) => ({ value: name, label: name }))]}
      onChange={(value) => setEnvironment(value === ALL ? undefined : value)}
      className="w-auto max-w-44"
    />
  )
}
