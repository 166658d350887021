import { AppError, type SnapshotProject } from '@signalbox/schema'

/** Names that can be called → who owns them. */
type Named = ReadonlyMap<string, string>
type OpenaiModels = { object: 'list'; data: { id: string; object: 'model'; created: number; owned_by: string }[] }

const SIMULATED = ['simulator/echo', 'simulator/script', 'simulator/faults']

/** `GET /v1/models` in OpenAI's shape: the aliases of the project, the targets behind them, and the simulator's models. */
export function listModels(project: SnapshotProject): OpenaiModels {
  const data = [...namesOf(project)].map(([id, owner]) => ({ id, object: 'model' as const, created: 0, owned_by: owner }))
  return { object: 'list', data }
}

/** The same in Anthropic's shape, as one page. */
export function listModelsForAnthropic(project: SnapshotProject) {
  const names = [...namesOf(project).keys()]
  const data = names.map((id) => ({ type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' }))
  return { data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null }
}

/** One of them, in the shape of its list; `model-not-found` where it cannot be called. */
export function findModel<T extends { id: string }>({ data }: { data: T[] }, id: string): T {
  const found = data.find((model) => model.id === id)
  if (!found) throw new AppError('model-not-found', `The model ${JSON.stringify(id)} does not exist here.`, { data: { param: 'model' } })
  return found
}

/** The same in Gemini's shape: `GET /v1beta/models`. */
export function listModelsForGemini(project: SnapshotProject) {
  const supportedGenerationMethods = ['generateContent', 'streamGenerateContent']
  return { models: [...namesOf(project).keys()].map((id) => ({ name: `models/${id}`, displayName: id, supportedGenerationMethods })) }
}

function namesOf(project: SnapshotProject): Named {
  const usable = (provider: string) => project.providers[provider]?.problem === null
  const found = new Map<string, string>()
  for (const [name, { targets }] of Object.entries(project.models)) {
    if (targets.some((target) => usable(target.provider))) found.set(name, 'signalbox')
    for (const { provider, model } of targets) if (usable(provider)) found.set(`${provider}/${model}`, provider)
  }
  for (const name of SIMULATED) if (usable('simulator')) found.set(name, 'simulator')
  return found
}
