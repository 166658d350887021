/** A whole answer names itself at its top, before anything is nested in it. Gemini has another word for it, and says it last. */
const AT_THE_TOP = /^\s*\{[^{}[\]]{0,300}?"(?:id|responseId)"\s*:\s*"([\w.:-]{8,200})"/
const AT_THE_END = /"responseId"\s*:\s*"([\w.:-]{8,200})"[^{}[\]]*\}\s*$/

/** LangChain writes an answer among what it made of it. */
const LANGCHAIN = /^\s*\{\s*"generations"/
const ID = /^[\w.:-]{8,200}$/

/** What a provider calls an answer, from the answer as JSON; '' where it does not say. */
export const answerIdOf = (json: string): string =>
  LANGCHAIN.test(json) ? langchainId(json) : (AT_THE_TOP.exec(json.slice(0, 600))?.[1] ?? AT_THE_END.exec(json.slice(-600))?.[1] ?? '')

/** Of the first message. LangChain's own name for it is no use: the provider's stands beside what else the provider said. */
function langchainId(json: string): string {
  try {
    const { generations } = JSON.parse(json) as { generations?: LangchainMessage[][] }
    const { message } = generations?.[0]?.[0] ?? {}
    const id = (message?.kwargs ?? message)?.response_metadata?.id
    return typeof id === 'string' && ID.test(id) ? id : ''
  } catch {
    return ''
  }
}
type Told = { response_metadata?: { id?: unknown } | null }
type LangchainMessage = { message?: Told & { kwargs?: Told } }
