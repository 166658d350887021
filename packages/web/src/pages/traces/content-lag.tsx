import { useQuery } from '@tanstack/react-query'
import { useMay } from '../../data/may.ts'
import { systemQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'

/** How far the index of words is behind, where inputs and outputs are searched. What waits is found all the same. */
export default function ContentLag() {
  return useMay()('system:read') ? <Lag /> : <p className="text-sm text-faint">{EXPLAINED}</p>
}

function Lag() {
  const { data } = useQuery({ ...systemQuery(useProject()), refetchInterval: 5_000 })
  const { waitingSpans = 0, waitingSeconds = 0 } = data?.search ?? {}
  return (
    <p role="status" className="text-sm text-faint">
      {data === undefined
        ? EXPLAINED
        : waitingSpans === 0
          ? `${EXPLAINED} The index has the words of every span.`
          : `${EXPLAINED} The words of ${plural(waitingSpans, 'span')} are not in the index yet, the first since ${formatDuration(waitingSeconds * 1000)}: they are found as well, only slower.`}
    </p>
  )
}

const EXPLAINED = 'Searched are the first 8 KB of inputs and outputs, by words.'
