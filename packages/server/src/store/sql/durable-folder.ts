import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import type { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

type Options = Awaited<ReturnType<NodeFS['init']>>['emscriptenOpts']
/** What we need of Emscripten's NODEFS; its typing has no place for the operation it lacks. */
type NodeFiles = {
  stream_ops: { fsync?: (stream: { nfd?: number; node: object }) => number }
  realPath(node: object): string
  tryFSOperation<T>(work: () => T): T
}

/**
 * A folder for PGlite whose `fsync` reaches the disk. NODEFS has none, and Emscripten takes a missing one for success.
 * It is in place before Postgres starts, so that crash recovery is as durable as every commit after it.
 */
export class DurableFolder extends NodeFS {
  override async init(pg: PGlite, options: Options): Promise<{ emscriptenOpts: Options }> {
    const { emscriptenOpts } = await super.init(pg, options)
    const preRun = [...(emscriptenOpts.preRun ?? []), (module: { NODEFS: unknown }) => giveFsync(module.NODEFS as NodeFiles)]
    return { emscriptenOpts: { ...emscriptenOpts, preRun } }
  }
}

function giveFsync(files: NodeFiles): void {
  files.stream_ops.fsync = (stream) =>
    // Turns a failure into an errno, on which Postgres stops instead of going on with lost writes.
    files.tryFSOperation(() => {
      if (stream.nfd === undefined) syncFolder(files.realPath(stream.node))
      else fdatasyncSync(stream.nfd)
      return 0
    })
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
