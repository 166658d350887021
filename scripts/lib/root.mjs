import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
/** The Node that the workspace pins through npm, whatever runs this script. */
export const pinnedNode = join(root, 'node_modules/node/bin/node')
