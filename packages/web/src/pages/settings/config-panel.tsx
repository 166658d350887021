import { useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useProject } from '../../data/view.ts'
import { Panel } from '../../ui/panel.tsx'
import { Ago } from '../../ui/values.tsx'

/** Says when the file of the server was changed to something that is not used. There is nothing to see while all is well. */
export function ConfigPanel() {
  const project = useProject()
  const { data } = useQuery({
    queryKey: [...keys.system, 'config', project],
    queryFn: ({ signal }) => clientFor(project).config.get({}, { signal }),
    refetchInterval: 15_000,
  })
  const problem = data?.file.problem
  if (!data || !problem) return null
  return (
    <Panel title={`${data.file.name} is not used as it is now`} description="What was in effect before it was changed still is.">
      <div role="alert" className="p-3">
        <ul className="space-y-1 font-mono text-sm text-error">
          {problem.problems.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <p className="mt-2 text-soft">
          Seen <Ago time={problem.at} />. Correct the file; it is read again at once.
        </p>
      </div>
    </Panel>
  )
}
