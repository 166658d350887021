import type { SnapshotProject } from '@signalbox/schema'

type OpenaiModels = { object: 'list'; data: { id: string; object: 'model'; created: number; owned_by: string }[] }

const SIMULATED = ['simulator/echo', 'simulator/script', 'simulator/faults']

/** `GET /v1/models` in OpenAI's shape: the aliases of the project, the targets behind them, and the simulator's models. */
export function listModels(project: SnapshotProject): OpenaiModels {
  const usable = (provider: string) => project.providers[provider]?.problem === null
  const found = new Map<string, string>()
  for (const [name, { targets }] of Object.entries(project.models)) {
    if (targets.some((target) => usable(target.provider))) found.set(name, 'signalbox')
    for (const { provider, model } of targets) if (usable(provider)) found.set(`${provider}/${model}`, provider)
  }
  for (const name of SIMULATED) if (usable('simulator')) found.set(name, 'simulator')
  return { object: 'list', data: [...found].map(([id, owner]) => ({ id, object: 'model', created: 0, owned_by: owner })) }
}
