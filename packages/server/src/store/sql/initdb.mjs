// `node initdb.mjs ENGINE FOLDER` makes an empty database. `initdb` needs 600 to 1,100 MB for some seconds, which V8 keeps for a while: a
// process of its own gives it back at once. Plain JavaScript, because the build runs it too, with whatever Node there is.
import { createRequire } from 'node:module'
import { argv, exit } from 'node:process'

const [, , engine, folder] = argv
const { PGlite } = createRequire(import.meta.url)(engine)
try {
  const database = await PGlite.create(folder)
  await database.close()
  exit(0)
} catch (error) {
  console.error(error)
  exit(1)
}
