/** What of the other fields a target takes under the same name, and the names of the rest. */
export function splitExtras(
  extras: Record<string, unknown>,
  taken: readonly string[],
): { kept: Record<string, unknown>; dropped: string[] } {
  const kept: Record<string, unknown> = {}
  const dropped: string[] = []
  for (const [name, value] of Object.entries(extras)) {
    if (taken.includes(name)) kept[name] = value
    else dropped.push(name)
  }
  return { kept, dropped }
}
