/** One side of a prompt: the hash of its content. Absent: it is not there. */
export type Sides = { base: string | undefined; here: string | undefined; there: string | undefined }

/**
 * What has to be done to bring a file and the server together, by what both were when they last agreed. `same`: nothing but to remember it.
 * `gone-here` and `gone-there`: one side was taken away and the other is as it was. `forget`: both are gone.
 */
export type SyncAction = 'none' | 'same' | 'push' | 'pull' | 'conflict' | 'gone-here' | 'gone-there' | 'forget'

export function planSync({ base, here, there }: Sides): SyncAction {
  if (here === there) return here === undefined ? 'forget' : base === here ? 'none' : 'same'
  // What only one side has and nobody agreed on is new there.
  if (here === undefined) return base === undefined ? 'pull' : there === base ? 'gone-here' : 'conflict'
  if (there === undefined) return base === undefined ? 'push' : here === base ? 'gone-there' : 'conflict'
  if (here === base) return 'pull'
  return there === base ? 'push' : 'conflict'
}
