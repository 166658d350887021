import { Link, type LinkProps } from '@tanstack/react-router'
import { useProject } from '../data/view.ts'

type Props = { label: string; pages: readonly { to: NonNullable<LinkProps['to']>; title: string; exact?: boolean }[] }

/** Pages that belong together, as tabs above each of them. */
export function PageTabs({ label, pages }: Props) {
  const project = useProject()
  return (
    <nav aria-label={label} className="shrink-0 border-b border-line">
      <ul className="mx-auto flex max-w-[1480px] gap-4 px-6">
        {pages.map(({ to, title, exact = false }) => (
          <li key={title}>
            <Link
              to={to as '/p/$project/models'}
              params={{ project }}
              activeOptions={{ exact, includeSearch: false }}
              className="-mb-px flex h-9 items-center border-b-2 border-transparent whitespace-nowrap text-soft select-none hover:text-text data-[status=active]:border-accent data-[status=active]:text-text"
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
