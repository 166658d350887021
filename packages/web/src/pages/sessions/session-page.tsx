import { useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router'
import { Link2, Minimize2 } from 'lucide-react'
import { useShortcuts } from '../../data/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { SessionView } from './session-view.tsx'

/** A session on a page of its own. */
export function SessionPage() {
  const { project, sessionId } = useParams({ from: '/p/$project/sessions/$sessionId' })
  const { find = '', turn } = useSearch({ from: '/p/$project/sessions/$sessionId' })
  const navigate = useNavigate({ from: '/p/$project/sessions/$sessionId' })
  const router = useRouter()
  const back = () => {
    if (router.history.canGoBack()) router.history.back()
    else navigate({ to: '/p/$project/sessions', params: { project } })
  }
  useShortcuts({ escape: back, c: () => copyAndTell(location.href, 'Link') })
  return (
    <div className="flex h-full flex-col">
      <SessionView
        key={sessionId}
        project={project}
        sessionId={sessionId}
        find={find}
        turn={turn}
        onFind={(text) => navigate({ search: (before) => ({ ...before, find: text || undefined }), replace: true })}
        actions={
          <>
            <IconButton label="Copy link  c" onClick={() => copyAndTell(location.href, 'Link')}>
              <Link2 size={15} />
            </IconButton>
            <IconButton label="Back to the list  Esc" onClick={back}>
              <Minimize2 size={14} />
            </IconButton>
          </>
        }
      />
    </div>
  )
}
