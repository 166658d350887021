import { titleOf } from './technique-titles.ts'
import { TECHNIQUES, type Technique } from './techniques.ts'

/** Ways to write a prompt, each with an example to open. */
export function TechniqueList({ isReady, onChoose }: { isReady: boolean; onChoose: (technique: Technique) => void }) {
  return (
    <ul className="grid gap-2 [grid-template-columns:repeat(auto-fill,minmax(240px,1fr))]">
      {TECHNIQUES.map((technique) => (
        <li key={technique.id}>
          <button
            type="button"
            disabled={!isReady}
            onClick={() => onChoose(technique)}
            className="flex h-full w-full flex-col rounded-md border border-line bg-surface-1 px-3 py-2.5 text-left hover:border-line-strong hover:bg-surface-0"
          >
            <span className="block font-medium">{titleOf(technique.id)}</span>
            <span className="block text-soft">{technique.says}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
