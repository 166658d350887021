#!/usr/bin/env node
// Runs the program, on the pinned Node where the one that started this file is too old. No dependencies, old syntax.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const home = join(dirname(fileURLToPath(import.meta.url)), '..')
const built = join(home, 'dist', 'main.js')
const main = existsSync(built) ? built : join(home, 'src', 'main.ts')
const [major, minor] = process.versions.node.split('.').map(Number)
const recent = major > 22 || (major === 22 && minor >= (main === built ? 12 : 18))
const pinned = recent ? undefined : pinnedNode()

if (pinned) {
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {}) // the terminal sends it to the child as well
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code))
} else {
  process.argv[1] = main
  await import(pathToFileURL(main).href)
}

function pinnedNode() {
  try {
    const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
    return existsSync(node) ? node : undefined
  } catch {
    return undefined
  }
}
