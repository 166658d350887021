import { useLocation, useNavigate } from '@tanstack/react-router'

/** A dialog that the address opens, such as `/keys#new`, for who may use it. */
export function useHashDialog(hash: string, allowed: boolean): [open: boolean, setOpen: (open: boolean) => Promise<void>] {
  const isWanted = useLocation({ select: (location) => location.hash }) === hash
  const navigate = useNavigate()
  return [isWanted && allowed, (open) => navigate({ to: '.', search: true, ...(open && { hash }), replace: true })]
}
