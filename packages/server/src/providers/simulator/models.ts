import { MODELS, modeOf } from './script.ts'

/** `GET /v1/models` in OpenAI's shape, or in Anthropic's where its version header was sent. */
export const modelList = (isAnthropic: boolean) =>
  isAnthropic
    ? { data: MODELS.map(anthropicRow), has_more: false, first_id: MODELS[0], last_id: MODELS.at(-1) }
    : { object: 'list', data: MODELS.map(row) }

/** One of them. Throws a `Refusal` with 404. */
export const modelNamed = (name: string, isAnthropic: boolean) => (isAnthropic ? anthropicRow : row)(modeOf(name))

/** `GET /v1beta/models`, as Gemini has it. */
export const geminiModels = () => ({ models: MODELS.map(geminiRow) })

const row = (id: string) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'signalbox-simulator' })
const anthropicRow = (id: string) => ({ type: 'model', id, display_name: `Simulator: ${id}`, created_at: '2023-11-14T22:13:20Z' })
const geminiRow = (id: string) => ({
  name: `models/${id}`,
  displayName: `Simulator: ${id}`,
  supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
})
