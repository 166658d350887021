import { Plus } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { TechniqueList } from './technique-list.tsx'
import type { Technique } from './techniques.ts'

type Props = { isReady: boolean; onChoose: (technique: Technique) => void; onEmpty: () => void }

/** Where to begin. */
export function NoPlayground({ isReady, onChoose, onEmpty }: Props) {
  return (
    <div className="flex max-w-5xl flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="primary" onClick={onEmpty} disabled={!isReady}>
          <Plus size={14} aria-hidden /> Begin empty
        </Button>
        <p className="text-soft">or with an example of a technique. A version of a prompt and a call of a trace open here, too.</p>
      </div>
      <TechniqueList isReady={isReady} onChoose={onChoose} />
    </div>
  )
}
