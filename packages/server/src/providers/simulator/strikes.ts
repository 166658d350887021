/** Whether a fault that strikes so many `times` strikes this call; `struck` counts by script. */
export function strikes(struck: Map<string, number>, { model, text }: { model: string; text: string }, times: number): boolean {
  const key = `${model} ${text}`
  const before = struck.get(key) ?? 0
  struck.set(key, before + 1)
  // What has struck often enough is answered, and forgotten: the next time it strikes again.
  if (before >= times) struck.delete(key)
  return before < times
}
