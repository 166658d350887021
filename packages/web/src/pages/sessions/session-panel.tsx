import { useNavigate, useSearch } from '@tanstack/react-router'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { PanelButtons, PanelFrame } from '../../ui/panel-frame.tsx'
import { SessionView } from './session-view.tsx'

type Props = { project: string; sessionId: string; onClose: () => void }

/** A session beside the list it was opened from. */
export function SessionPanel({ project, sessionId, onClose }: Props) {
  const { find = '', turn } = useSearch({ from: '/p/$project/sessions' })
  const navigate = useNavigate({ from: '/p/$project/sessions' })
  const widen = () =>
    navigate({ to: '/p/$project/sessions/$sessionId', params: { project, sessionId }, search: { find: find || undefined, turn } })
  return (
    <PanelFrame label="Session" keptAs="sidePanelWidth" share={58} onWide={widen}>
      <ErrorBoundary>
        <SessionView
          project={project}
          sessionId={sessionId}
          find={find}
          turn={turn}
          onFind={(text) => navigate({ search: (before) => ({ ...before, find: text || undefined }), replace: true })}
          actions={<PanelButtons onWide={widen} onClose={onClose} />}
        />
      </ErrorBoundary>
    </PanelFrame>
  )
}
