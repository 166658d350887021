import { Link } from '@tanstack/react-router'
import { useProject } from '../../../data/view.ts'
import { classNames } from '../../../lib/class-names.ts'
import { buttonStyle } from '../../../ui/button.tsx'
import { TECHNIQUE_TITLES } from '../../playground/technique-titles.ts'

/** Ways to write a prompt; each opens in the playground with an example. */
export function Techniques({ className }: { className?: string }) {
  const project = useProject()
  return (
    <ul aria-label="Techniques" className={classNames('flex flex-wrap gap-2', className)}>
      {TECHNIQUE_TITLES.map(({ id, title }) => (
        <li key={id}>
          <Link to="/p/$project/playground" params={{ project }} search={{ technique: id }} className={buttonStyle({ kind: 'secondary' })}>
            {title}
          </Link>
        </li>
      ))}
    </ul>
  )
}
