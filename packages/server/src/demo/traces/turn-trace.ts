import type { Random } from '../random.ts'
import { VAGUE } from '../tickets/phrases.ts'
import { KNOWLEDGE } from '../world/knowledge.ts'
import type { ModelName } from '../world/models.ts'
import { CLASSIFY_PROMPT, REASONING, SYSTEM_PROMPT } from '../world/prompts.ts'
import { TOOLS, type ToolName } from '../world/tools.ts'
import { type ChatCall, chatSpan, type Tools } from './chat-span.ts'
import type { Conversation } from './conversation.ts'
import { assistantSays, type Message, type Part, text, toolAnswers, userSays } from './messages.ts'
import { retrievalSpan } from './retrieval-span.ts'
import { toolSpan } from './tool-span.ts'
import { buildTrace, type DemoSpan, type DemoTrace } from './trace.ts'
import { FAILURES, PASTED, type Trouble, troubleAt } from './trouble.ts'
import type { Weather } from './weather.ts'

export type TurnOptions = {
  random: Random
  ids: Random
  weather: Weather
  talk: Conversation
  /** Which turn of the conversation, from 0. */
  index: number
  /** What was said before. */
  history: readonly Message[]
  startedAt: number
  release: string
  fate: Fate | null
}
/** What the story needs to happen to a turn, whatever else is drawn. */
export type Fate = 'vague' | 'refused'

/** How an answer was; what customers say of it follows from that. */
export type Quality = 'good' | 'vague' | 'sorry' | 'none'
export type PlayedTurn = { trace: DemoTrace; said: Message[]; quality: Quality }

/** The trace of one turn of the copilot, what was said in it, and how good that was. */
export function turnTrace(options: TurnOptions): PlayedTurn {
  const { random, ids, weather, talk, index, history, startedAt, release, fate } = options
  const turn = talk.turns[index]
  if (!turn) throw new Error(`The conversation has no turn ${index}.`)
  const drawn = troubleAt({ random, weather, at: startedAt, usesTools: (turn.tools?.length ?? 0) > 0 })
  const trouble = fate === 'refused' ? ({ kind: 'bad_request', survives: false } as const) : fate === 'vague' ? null : drawn
  const { customer } = talk
  // Drawn in any case, so that the rest of the turn is the same whatever the weather.
  const leavesNumber = random.chance(0.05)
  const wouldBeVague = random.chance(0.6)
  const typed = trouble?.kind === 'context_length' ? turn.says + PASTED : leavesNumber ? `${turn.says} ${PHONE}` : turn.says
  const question = typed.replace(PHONE, '[PHONE_NUMBER]')
  const vague = weather.reason(startedAt) === 'deploy' && (wouldBeVague || fate === 'vague')
  const builder = buildTrace({
    ids,
    startedAt,
    resource: { service: 'support-copilot', environment: talk.environment, release },
    // On every span, as context attributes are: cost by ticket type needs them on the calls.
    common: {
      'session.id': talk.id,
      'user.id': customer.id,
      'tag.tags': [talk.type, talk.language, turn.hard ? 'escalation' : 'faq'],
      metadata: JSON.stringify({
        ticketType: talk.type,
        plan: customer.plan,
        region: customer.region,
        language: talk.language,
        channel: talk.channel,
        turn: String(index + 1),
      }),
    },
  })
  const tools: Tools = { builder, random, weather }
  const root = builder.add({
    parent: null,
    name: 'invoke_agent support-copilot',
    start: 0,
    end: 0,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'support-copilot',
      'gen_ai.conversation.id': talk.id,
      'gen_ai.input.messages': JSON.stringify([userSays(question)]),
    },
  })
  let at = privacyCheck(tools, root, typed)
  if (index === 0) at = classify(tools, { root, talk, start: at, question })

  const model = modelFor(random, talk, turn.hard === true)
  let knowledge: string[] = []
  if (turn.articles.length > 0) {
    const { span, found } = retrievalSpan(tools, { parent: root, start: at + 1, query: turn.says, articles: turn.articles })
    knowledge = [`KNOWLEDGE\n\n${found.map((id) => `## ${KNOWLEDGE[id].title}\n${KNOWLEDGE[id].text}`).join('\n\n')}`]
    at = span.end + 2
  }
  const result = answer({
    tools,
    root,
    talk,
    model,
    start: at,
    system: [SYSTEM_PROMPT, ...knowledge],
    messages: [...history, userSays(question)],
    turn: vague ? { ...turn, answer: VAGUE[talk.language] } : turn,
    trouble,
  })
  finish(builder.trace, root, result)
  const said = result.text === null ? [] : [userSays(question), assistantSays(text(result.text))]
  return { trace: builder.trace, said, quality: qualityOf(result, talk, vague) }
}

/** Kept for those who try out telephone systems; nobody has it. */
const PHONE = '+44 7700 900123'

function qualityOf({ text: said }: Result, { apology }: Conversation, vague: boolean): Quality {
  if (said === null) return 'none'
  return said === apology ? 'sorry' : vague ? 'vague' : 'good'
}

/** Business customers' messages stay on the shop's own machines; hard cases go to a strong model. */
function modelFor(random: Random, { customer }: Conversation, hard: boolean): ModelName {
  const strong = random.weighted({ 'claude-sonnet-4-5': 62, 'gpt-4o': 38 })
  if (customer.plan === 'business') return 'llama-3.3-70b-instruct'
  return hard ? strong : 'gpt-4o-mini'
}

function privacyCheck({ builder, random }: Tools, parent: DemoSpan, message: string): number {
  const at = message.indexOf(PHONE)
  const found = at < 0 ? [] : [{ type: 'PHONE_NUMBER', action: 'redact', start: at, end: at + PHONE.length }]
  return builder.add({
    parent,
    name: 'check personal data',
    start: 1,
    end: 1 + random.around(6, 0.4),
    attributes: {
      'openinference.span.kind': 'GUARDRAIL',
      'input.value': message.replace(PHONE, '[PHONE_NUMBER]'),
      'output.value': JSON.stringify({ verdict: found.length > 0 ? 'redact' : 'pass', findings: found }),
    },
  }).end
}

function classify(tools: Tools, about: { root: DemoSpan; talk: Conversation; start: number; question: string }): number {
  const { talk } = about
  const urgent = talk.turns[0]?.hard === true
  const answer = {
    ticketType: talk.type,
    language: talk.language,
    urgency: urgent ? 'high' : 'normal',
    needsHuman: urgent && talk.type !== 'login',
  }
  return chatSpan(tools, {
    model: talk.customer.plan === 'business' ? 'llama-3.3-70b-instruct' : 'gpt-4o-mini',
    parent: about.root,
    start: about.start + 1,
    system: [CLASSIFY_PROMPT],
    input: [userSays(about.question)],
    output: [text(JSON.stringify(answer))],
    stream: false,
    tools: false,
    json: true,
    prompt: { name: 'classify-ticket', version: '3' },
  }).end
}

type Answering = {
  tools: Tools
  root: DemoSpan
  talk: Conversation
  model: ModelName
  start: number
  system: readonly string[]
  messages: readonly Message[]
  turn: Conversation['turns'][number]
  trouble: { kind: Trouble; survives: boolean } | null
}
type Result = { at: number; text: string | null; error?: { type: string; message: string } }

const TRIES_AGAIN: Partial<Record<Trouble, number>> = { rate_limit: 1, bad_request: 2 }

/** Calls of the model and of tools in turn, until it answers or something fails for good. */
function answer({ tools, root, talk, model: first, start, system, messages, turn, trouble }: Answering): Result {
  const { random, weather } = tools
  const began = tools.builder.trace.startedAt
  const conversation = [...messages]
  const reference = { ...talk, summary: `${talk.type}: ${turn.says.slice(0, 140)}` }
  let model = first
  let at = start
  const call = (output: readonly Part[], failure?: ChatCall['failure']) => {
    const prompt = { name: 'support-answer', version: weather.promptVersion(began) }
    const base = {
      model,
      parent: root,
      start: at,
      system,
      input: conversation,
      output,
      stream: weather.streams(began),
      tools: true,
      prompt,
    }
    const span = chatSpan(tools, failure ? { ...base, failure } : base)
    at = span.end + 2
  }
  const useTool = (name: ToolName, id: string, failed: boolean) => {
    const tool = TOOLS[name]
    const span = toolSpan(tools, {
      name,
      id,
      parent: root,
      start: at,
      arguments: tool.call(reference),
      result: tool.result(reference),
      failed,
    })
    at = span.end + 2
    return tool
  }

  for (const [index, name] of (turn.tools ?? []).entries()) {
    const id = `call_${random.hex(16)}`
    const thoughts: Part[] =
      index === 0 && turn.hard && model === 'claude-sonnet-4-5' ? [{ type: 'reasoning', content: random.pick(REASONING[talk.type]) }] : []
    const request: Part = { type: 'tool_call', id, name, arguments: TOOLS[name].call(reference) }
    call([...thoughts, request])
    conversation.push(assistantSays(request))
    if (index === 0 && trouble?.kind === 'tool_error') {
      const tool = useTool(name, id, true)
      if (!trouble.survives) {
        conversation.push(toolAnswers(id, { error: tool.failure }))
        call([text(talk.apology)])
        return { at, text: talk.apology }
      }
      at += 500
    }
    const tool = useTool(name, id, false)
    conversation.push(toolAnswers(id, tool.result(reference)))
  }

  if (trouble && trouble.kind !== 'tool_error') {
    const { message, after } = FAILURES[trouble.kind]
    const failure = { type: trouble.kind, message, after: trouble.kind === 'timeout' ? after : random.around(after, 0.2) }
    call([], failure)
    if (!trouble.survives) {
      // Trying again helps against neither; the client does it all the same.
      for (let again = TRIES_AGAIN[trouble.kind] ?? 0; again > 0; again--) {
        at += 1200
        call([], failure)
      }
      return { at, text: null, error: { type: trouble.kind, message } }
    }
    // Over to another provider; Claude has room for the long message as well.
    model = model === 'claude-sonnet-4-5' ? 'gpt-4o' : 'claude-sonnet-4-5'
  }
  call([text(turn.answer)])
  return { at, text: turn.answer }
}

const USAGE = ['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'] as const

/** The agent ends when its last step has, and repeats what its steps used, as agent frameworks do. */
function finish(trace: DemoTrace, root: DemoSpan, { at, text: said, error }: Result): void {
  root.end = at + 1
  if (said !== null) root.attributes['gen_ai.output.messages'] = JSON.stringify([{ ...assistantSays(text(said)), finish_reason: 'stop' }])
  if (error) root.error = error
  for (const name of USAGE) {
    root.attributes[name] = trace.spans.reduce((sum, { attributes }) => {
      const tokens = attributes['gen_ai.operation.name'] === 'chat' ? attributes[name] : 0
      return sum + (typeof tokens === 'number' ? tokens : 0)
    }, 0)
  }
}
