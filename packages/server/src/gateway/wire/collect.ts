import type { Answer, AnswerEvent, Block } from './language.ts'

/** A whole answer from its events. Blocks keep their order; what came in deltas is joined. */
export function collect(events: Iterable<AnswerEvent>): Answer {
  const answer: Answer = { id: '', model: '', choices: [], ended: false }
  const open = new Map<string, Block>()
  const choiceAt = (index: number) => {
    while (answer.choices.length <= index) answer.choices.push({ blocks: [] })
    return answer.choices[index] as Answer['choices'][number]
  }
  for (const event of events) {
    switch (event.type) {
      case 'start':
        Object.assign(answer, { id: event.id, model: event.model }, event.createdAt !== undefined && { createdAt: event.createdAt })
        break
      case 'block': {
        const block = structuredClone(event.block)
        open.set(`${event.choice}/${event.index}`, block)
        choiceAt(event.choice).blocks.push(block)
        break
      }
      case 'finish': {
        const { reason, native, stopSequence } = event
        choiceAt(event.choice).finish = { reason, native, ...(stopSequence !== undefined && { stopSequence }) }
        break
      }
      case 'usage':
        answer.usage = { usage: event.usage, raw: event.raw }
        break
      case 'error':
        answer.error = event.error
        break
      case 'end':
        answer.ended = true
        break
      case 'block-end':
        break
      default: {
        const block = open.get(`${event.choice}/${event.index}`)
        if (block) extend(block, event)
        if (event.type === 'text' && event.logprobs) {
          const choice = choiceAt(event.choice)
          choice.logprobs = [...(choice.logprobs ?? []), ...event.logprobs]
        }
      }
    }
  }
  return answer
}

type Delta = Extract<AnswerEvent, { type: 'text' | 'citation' | 'signature' | 'arguments' }>

function extend(block: Block, event: Delta): void {
  if (event.type === 'text' && 'text' in block) block.text += event.text
  else if (event.type === 'arguments' && block.type === 'tool-call') block.arguments += event.text
  else if (event.type === 'citation' && block.type === 'text') block.citations = [...(block.citations ?? []), event.citation]
  else if (event.type === 'signature' && block.type === 'reasoning') block.signature = (block.signature ?? '') + event.signature
}

/** The events of a whole answer, so that a codec that can stream can also be given one at once. */
export function* spread(answer: Answer): Generator<AnswerEvent> {
  yield {
    type: 'start',
    id: answer.id,
    model: answer.model,
    ...(answer.createdAt !== undefined && { createdAt: answer.createdAt }),
  }
  for (const [choice, { blocks, finish }] of answer.choices.entries()) {
    for (const [index, block] of blocks.entries()) {
      yield { type: 'block', choice, index, block }
      yield { type: 'block-end', choice, index }
    }
    if (finish) yield { type: 'finish', choice, ...finish }
  }
  if (answer.usage) yield { type: 'usage', ...answer.usage }
  if (answer.error) yield { type: 'error', error: answer.error }
  if (answer.ended) yield { type: 'end' }
}
