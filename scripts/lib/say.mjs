/** One line about what is going on, on standard error, so that standard output stays for results. */
export const say = (line) => process.stderr.write(`${line}\n`)

/** Says what starts, and how long it took when it is done. */
export async function timed(what, work) {
  const startedAt = Date.now()
  say(`${what} …`)
  const result = await work()
  say(`${what}: done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
  return result
}
