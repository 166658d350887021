// No imports: an old Node must get as far as the sentence below, and each process loads only what its verb needs.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`Signalbox needs Node 22.12 or newer; this is ${process.versions.node}. In a clone, "npm start" brings its own.`)
  process.exit(2)
}

const [verb, ...rest] = process.argv.slice(2)
const wantsHelp = rest.includes('--help') || rest.includes('-h')
if (verb === 'up' && !wantsHelp) {
  const { up } = await import('./cli/up.ts')
  process.exitCode = await up(rest, new URL(import.meta.url))
} else if ((verb === 'edge' || verb === 'core') && !wantsHelp) {
  const { runRole } = await import('./cli/role.ts')
  await runRole(verb, rest)
} else {
  const { runProgram } = await import('./cli/program.ts')
  process.exitCode = await runProgram(process.argv.slice(2))
}

export {}
