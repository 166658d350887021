/**
 * npm writes no entry for an optional package that the registry did not have when the lock file was made, such as the build of a tool
 * for another platform; `npm ci` then refuses the file as incomplete. These two find such gaps and fill them.
 */
export function missingOptional({ packages }) {
  const missing = new Map()
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isFound(packages, path, name)) missing.set(name, version)
    }
  }
  return missing
}

/** An entry as npm would have written it, but for the checksum, which nobody here could take. */
export function optionalEntry(name, version) {
  const words = name.toLowerCase().split(/[^a-z0-9_]+/)
  const os = SYSTEMS.find((system) => words.includes(system))
  const cpu = PROCESSORS.find((processor) => words.includes(processor))
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : words.some((word) => word.startsWith('gnu')) ? 'glibc' : undefined
  return {
    version,
    optional: true,
    ...(cpu && { cpu: [cpu] }),
    ...(os === 'linux' && libc && { libc: [libc] }),
    ...(os && { os: [os] }),
  }
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32']

/** As Node looks for it: beside the package, then in every folder above. */
function isFound(packages, path, name) {
  for (
    let from = path;
    ;
    from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/') === -1 ? 0 : from.lastIndexOf('/node_modules/')))
  ) {
    if (packages[`${from ? `${from}/` : ''}node_modules/${name}`]) return true
    if (from === '') return false
  }
}
