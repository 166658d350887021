import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { promptQuery } from '../../data/prompts.ts'
import { useProject } from '../../data/view.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { PromptView } from './prompt-view.tsx'

/** One prompt: a version to read or to change, its history, and what is different between two. */
export function PromptPage() {
  const project = useProject()
  const { _splat: name = '' } = useParams({ from: '/p/$project/prompts/$' })
  const { version } = useSearch({ from: '/p/$project/prompts/$' })
  const asked = version === undefined ? undefined : Number(version)
  const isVersion = asked === undefined || (Number.isInteger(asked) && asked > 0)
  const query = useQuery({
    ...promptQuery(project, name, asked),
    enabled: isVersion,
    // Another version of the same prompt takes the place of the one that is shown.
    placeholderData: (before) => (before?.prompt.name === name ? keepPreviousData(before) : undefined),
  })
  if (query.data) return <PromptView key={name} asked={asked} shown={query.data} loading={query.isPlaceholderData} />
  if (query.error || !isVersion) {
    return (
      <div className="mx-auto flex max-w-xl flex-col items-start gap-4 p-6">
        <ErrorNote
          className="w-full"
          error={isVersion ? query.error : new Error(`"${version}" is no number of a version`)}
          retry={() => query.refetch()}
        />
        <Link to="/p/$project/prompts" params={{ project }} className={buttonStyle({})}>
          All prompts
        </Link>
      </div>
    )
  }
  return <SkeletonRows rows={12} />
}
