import { newTraceId } from '../../lib/ids.ts'
import type { Answer } from './answer.ts'
import type { Ask, Body } from './ask.ts'
import { type Placed, placed } from './blocks.ts'
import { type Dialect, event, type Frames, type Told } from './dialect.ts'
import { logprobsOf } from './logprobs.ts'
import { openaiError, openaiErrorBody } from './openai-errors.ts'
import { decodeOpenaiResponses } from './openai-responses-request.ts'
import { now } from './values.ts'

/** OpenAI Responses, https://platform.openai.com/docs/api-reference/responses. */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  path: '/v1/responses',
  decode: decodeOpenaiResponses,
  whole: (ask, answer) => {
    const id = newTraceId()
    return JSON.stringify(responseOf(ask, answer, { id, status: statusOf(answer), output: itemsOf(ask, answer, id) }))
  },
  stream,
  error: openaiErrorBody,
}

type State = { id: string; status: string; output: Body[]; error?: unknown }

/** The response object in some state of its life. What the request set is repeated. */
function responseOf(ask: Ask, answer: Answer, { id, status, output, error = null }: State): Body {
  const { body } = ask
  const isOver = status === 'completed' || status === 'incomplete'
  return {
    id: `resp_sim_${id}`,
    object: 'response',
    created_at: now(),
    status,
    background: false,
    error,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: ask.model,
    output,
    parallel_tool_calls: ask.parallelTools,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: isOver ? usageOf(answer) : null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  }
}

const statusOf = (answer: Answer): string => (answer.finish === 'length' ? 'incomplete' : 'completed')

function usageOf({ usage: { input, output, cached, reasoning, own } }: Answer): Body | null {
  return (
    own && {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + output,
      ...own,
    }
  )
}

/** The items as they stand at the end. */
function itemsOf(ask: Ask, answer: Answer, id: string): Body[] {
  const opening = placed(answer.pieces).filter((place) => place.opens)
  return opening.map((place) => itemOf(ask, answer, { place, id, isOver: true }))
}

function itemOf(ask: Ask, answer: Answer, { place, id, isOver }: { place: Placed; id: string; isOver: boolean }): Body {
  const { piece, block } = place
  const status = isOver ? (answer.finish === 'length' && 'text' in piece ? 'incomplete' : 'completed') : 'in_progress'
  if ('reasoning' in piece) {
    const summary = isOver && answer.reasoning ? [{ type: 'summary_text', text: answer.reasoning }] : []
    return { id: `rs_sim_${id}_${block}`, type: 'reasoning', summary, ...(answer.signature && { encrypted_content: answer.signature }) }
  }
  if ('text' in piece) {
    const content = isOver ? [textPart(answer.text, allTokens(ask, answer))] : []
    return { id: `msg_sim_${id}_${block}`, type: 'message', status, role: 'assistant', content }
  }
  const call = answer.calls[piece.call]
  const call_id = `call_${id.slice(-12)}_${piece.call}`
  return { id: `fc_sim_${id}_${block}`, type: 'function_call', status, arguments: isOver ? call?.arguments : '', call_id, name: call?.name }
}

const textPart = (text: string, logprobs: unknown[]) => ({ type: 'output_text', annotations: [], logprobs, text })
const tokensIn = (ask: Ask, text: string) => (ask.logprobs === null ? [] : logprobsOf(text, ask.logprobs))
const allTokens = (ask: Ask, { pieces }: Answer) => pieces.flatMap((piece) => ('text' in piece ? tokensIn(ask, piece.text) : []))

function stream(ask: Ask, answer: Answer): Frames {
  const id = newTraceId()
  let sequence = 0
  const say = (type: string, more: Body): string => event(type, { type, sequence_number: sequence++, ...more })
  const stateOf = (status: string, more: Partial<State> = {}) => ({
    response: responseOf(ask, answer, { id, status, output: [], ...more }),
  })

  const head = say('response.created', stateOf('in_progress')) + say('response.in_progress', stateOf('in_progress'))
  const numbers = [sequence]
  const chunks = placed(answer.pieces).map((place) => {
    const item = (isOver: boolean) => itemOf(ask, answer, { place, id, isOver })
    const output_index = place.block
    let text = place.opens ? say('response.output_item.added', { output_index, item: item(false) }) : ''
    for (const [type, more] of stepsOf(ask, answer, place)) text += say(type, { item_id: item(false).id, output_index, ...more })
    if (place.closes) text += say('response.output_item.done', { output_index, item: item(true) })
    numbers.push(sequence)
    return text
  })
  const status = statusOf(answer)
  return {
    head,
    chunks,
    tail: say(`response.${status}`, stateOf(status, { output: itemsOf(ask, answer, id) })),
    error: (refusal, sent) => {
      sequence = numbers[sent] ?? sequence
      const { message, code } = failureOf(refusal)
      const failed = stateOf('failed', { error: { code, message } })
      return say('error', { code, message, param: refusal.param }) + say('response.failed', failed)
    },
  }
}

const failureOf = (refusal: Told) => ({ message: refusal.message, code: refusal.code ?? openaiError(refusal).type })

/** The events of one piece inside its item, in their order. */
function stepsOf(ask: Ask, answer: Answer, { piece, opens, closes }: Placed): [string, Body][] {
  const steps: [string, Body][] = []
  if ('reasoning' in piece) {
    if (!answer.reasoning) return []
    const place = { summary_index: 0 }
    if (opens) steps.push(['response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } }])
    steps.push(['response.reasoning_summary_text.delta', { ...place, delta: piece.reasoning }])
    if (!closes) return steps
    steps.push(['response.reasoning_summary_text.done', { ...place, text: answer.reasoning }])
    steps.push(['response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text: answer.reasoning } }])
  } else if ('text' in piece) {
    const place = { content_index: 0 }
    if (opens) steps.push(['response.content_part.added', { ...place, part: textPart('', []) }])
    steps.push(['response.output_text.delta', { ...place, delta: piece.text, logprobs: tokensIn(ask, piece.text) }])
    if (!closes) return steps
    const logprobs = allTokens(ask, answer)
    steps.push(['response.output_text.done', { ...place, text: answer.text, logprobs }])
    steps.push(['response.content_part.done', { ...place, part: textPart(answer.text, logprobs) }])
  } else {
    const call = answer.calls[piece.call]
    if (piece.fragment !== '') steps.push(['response.function_call_arguments.delta', { delta: piece.fragment }])
    if (closes) steps.push(['response.function_call_arguments.done', { name: call?.name, arguments: call?.arguments }])
  }
  return steps
}
