import { afterAll, beforeAll, describe } from 'vitest'
import { answers } from './answers.case.ts'
import { bytes } from './bytes.case.ts'
import { failures } from './failures.case.ts'
import { translated } from './translated.case.ts'
import { startWorld, type World } from './world.ts'

let world: World | undefined
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.close())

const started = (): World => {
  if (!world) throw new Error('the server did not start')
  return world
}

/** The official `openai` package against the real program; one server for all of it. */
describe('answers', () => answers(started))
describe('failures', () => failures(started))
describe('bytes', () => bytes(started))
describe('translated', () => translated(started))
