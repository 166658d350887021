import { AppError } from '@signalbox/sdk'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/** Called when any answer says that nobody is logged in. The router sets it. */
export const onLoggedOut: { current: () => void } = { current: () => {} }

function noticeLogout(error: unknown) {
  if (!(error instanceof AppError)) return
  if (error.code === 'unauthenticated') onLoggedOut.current()
  // Somebody may have changed the role meanwhile: then the page offers too much, or too little.
  if (error.code === 'permission-denied') queryClient.invalidateQueries({ queryKey: ['session'] })
}

/** Everything that came from the server, kept while newer is on its way. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeLogout }),
  mutationCache: new MutationCache({ onError: noticeLogout }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 10 * 60_000,
      // A restart of the core takes about a second: what may help to try again is tried for a while.
      retry: (count, error) => count < 4 && (error instanceof AppError ? error.retryable : true),
      retryDelay: (count) => Math.min(4_000, 500 * 2 ** count),
    },
  },
})
