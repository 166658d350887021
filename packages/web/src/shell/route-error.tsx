import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ErrorNote } from '../ui/error-note.tsx'

/** A page that could not be opened: says why, tries again by itself while the server is away. */
export function RouteError({ error }: { error: unknown }) {
  const router = useRouter()
  const away = error instanceof TypeError || (error instanceof Error && 'retryable' in error && error.retryable === true)
  useEffect(() => {
    if (!away) return
    const timer = setInterval(() => router.invalidate(), 3_000)
    return () => clearInterval(timer)
  }, [away, router])
  return (
    <main className="mx-auto flex h-full max-w-xl flex-col justify-center gap-4 p-6">
      <h1 className="text-xl font-semibold">This page cannot be shown</h1>
      <ErrorNote error={error} retry={() => router.invalidate()} />
      <a href="/" className="text-accent hover:underline">
        Go to the start page
      </a>
    </main>
  )
}
