import { useNavigate } from '@tanstack/react-router'
import { Check, ChevronsUpDown, Plus } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useIsOrganisationOwner } from '../data/may.ts'
import { useSession } from '../data/session.ts'
import { useProject } from '../data/view.ts'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../ui/menu.tsx'

const NewProjectDialog = lazy(() => import('./new-project-dialog.tsx'))

type Props = { narrow: boolean; creating: boolean; onCreating: (open: boolean) => void }

/** The project everything on the page belongs to, and the way to another or a new one. */
export function ProjectSwitcher({ narrow, creating, onCreating }: Props) {
  const id = useProject()
  const { projects } = useSession()
  const isOwner = useIsOrganisationOwner()
  const navigate = useNavigate()
  const current = projects.find((project) => project.id === id)
  const name = current?.name ?? id
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={`Project ${name}`}
            className="flex h-8 w-full min-w-0 items-center gap-2 rounded-md px-1.5 text-left hover:bg-surface-2"
          >
            <Mark />
            {!narrow && (
              <>
                <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
                <ChevronsUpDown size={13} className="shrink-0 text-faint" aria-hidden />
              </>
            )}
          </button>
        }
      >
        <MenuHeading>Projects</MenuHeading>
        {projects.map((project) => (
          <MenuItem
            key={project.id}
            onClick={() => navigate({ to: '/p/$project/overview', params: { project: project.id } })}
            trailing={project.id === id ? <Check size={14} className="text-accent" /> : null}
          >
            {project.name} <span className="font-mono text-xs text-faint">{project.id}</span>
          </MenuItem>
        ))}
        {isOwner && (
          <>
            <MenuLine />
            <MenuItem icon={<Plus size={14} />} onClick={() => onCreating(true)}>
              New project
            </MenuItem>
          </>
        )}
      </Menu>
      {creating && (
        <Suspense>
          <NewProjectDialog onClose={() => onCreating(false)} />
        </Suspense>
      )}
    </>
  )
}

function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" className="shrink-0">
      <rect width="24" height="24" rx="6" fill="var(--accent-solid)" />
      <path
        d="M6 15.5h3l2.2-8 3 10 1.6-5.5H18"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
