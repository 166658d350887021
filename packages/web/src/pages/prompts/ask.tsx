import { lazy, type ReactNode, Suspense } from 'react'

const ConfirmDialog = lazy(() => import('../../ui/confirm-dialog.tsx').then((module) => ({ default: module.ConfirmDialog })))

type Props = { open: boolean; onClose: () => void; title: string; action: string; onConfirm: () => Promise<unknown>; children: ReactNode }
/** A question before something is lost, fetched when it is asked. */
export function Ask(props: Props) {
  return <Suspense>{props.open && <ConfirmDialog {...props} />}</Suspense>
}
