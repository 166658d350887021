import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, random } from '../../bench/store/random.ts'
import type { Role } from '../signalbox.ts'
import { type Checked, checkStore } from './check-store.ts'
import { startTraffic } from './traffic.ts'
import type { World } from './world.ts'

export type KillRound = Checked & { name: string; killed: string[] }

/**
 * One round: traffic, and while it goes on `kill -9` of edge or core or both, somewhere in a batch; then both are waited
 * for, and everything that clients saw is held against the store.
 */
export async function killRound(world: World, options: { name: string; seed: number; kills: number }): Promise<KillRound> {
  const { signalbox } = world
  const chance = random(options.seed)
  const traffic = startTraffic({ url: signalbox.url, secretKey: signalbox.secretKey, name: options.name })
  const killed: string[] = []
  while (killed.length < options.kills) {
    await sleep(100 + chance.below(900))
    // Mostly in the middle of full work, sometimes while one is still coming back.
    if (chance.below(4) > 0) await signalbox.ready()
    await batchUnderWay(signalbox.data)
    await sleep(chance.below(60))
    // A role that is not back yet from its last death cannot die.
    for (const role of choose(chance).filter((one) => killed.length < options.kills && signalbox.pidOf(one) !== undefined)) {
      signalbox.killRole(role)
      killed.push(role)
    }
  }
  // On with it until calls go through again, and a little longer.
  await signalbox.ready('edge')
  await sleep(600)
  const seen = await traffic.stop()
  await world.settled()
  return { name: options.name, killed, ...(await checkStore(world, seen, options.name)) }
}

/** Resolves in the middle of a batch, by the edge's own note of what it is sending; or after a second without one. */
async function batchUnderWay(data: string): Promise<void> {
  const until = Date.now() + 1000
  while (Date.now() < until) {
    const note = await readFile(join(data, 'edge/journal/cursor.json'), 'utf8').catch(() => '')
    if (note.includes('"sending":{')) return
    await sleep(2)
  }
}

const CHOICES: readonly Role[][] = [['edge'], ['core'], ['edge', 'core']]
const choose = (chance: Random): readonly Role[] => CHOICES[chance.below(CHOICES.length)] ?? ['edge']
