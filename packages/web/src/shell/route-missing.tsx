/** An address that leads nowhere. */
export function RouteMissing() {
  return (
    <main className="mx-auto flex h-full max-w-xl flex-col justify-center gap-2 p-6">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="text-soft">The address may be mistyped, or the page may have moved.</p>
      <a href="/" className="text-accent hover:underline">
        Go to the start page
      </a>
    </main>
  )
}
