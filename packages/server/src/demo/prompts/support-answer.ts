import type { PromptContentInput } from '@signalbox/schema'
import { CLASSIFY_PROMPT, SYSTEM_PROMPT } from '../world/prompts.ts'

/** A prompt with its history: what each version says, and what people wrote when they saved it. */
export type PromptHistory = {
  name: string
  description: string
  tags: string[]
  versions: { message: string; content: PromptContentInput }[]
}

const [INTRODUCTION = '', RULES = '', TYPES = '', EXAMPLES = '', OUTPUT = ''] = SYSTEM_PROMPT.split(/\n\n(?=[A-Z][a-z ]+\n)/)
const firstLines = (text: string, count: number) => text.split('\n').slice(0, count).join('\n')

const answer = (...parts: string[]): PromptContentInput => ({
  type: 'chat',
  messages: [
    { role: 'system', content: parts.join('\n\n') },
    { role: 'system', content: 'KNOWLEDGE\n{{knowledge}}' },
    { type: 'placeholder', name: 'history', optional: true },
    { role: 'user', content: '{{question}}' },
  ],
  model: { route: 'kestrel-support', parameters: { temperature: 0.3, maxTokens: 800 } },
})

const PLAN =
  'Before each answer, write down a plan for yourself: what the customer wants, which article may apply, what could go wrong. Keep the answer general enough to hold for every case.'
const CONCRETE = 'Name what you looked up: the order, the amount, the date. An answer that would fit any customer is not an answer.'

/** The numbers are those on the spans of the week: 7 was live, 8 was the bad deploy, 9 is what mended it. */
export const SUPPORT_ANSWER: PromptHistory = {
  name: 'support-answer',
  description: 'What the support copilot is told before it answers.',
  tags: ['copilot', 'customer-facing'],
  versions: [
    { message: 'First version', content: answer(INTRODUCTION) },
    { message: 'The most important rules', content: answer(INTRODUCTION, firstLines(RULES, 4)) },
    { message: 'All rules, with escalation', content: answer(INTRODUCTION, RULES) },
    { message: 'Types of tickets', content: answer(INTRODUCTION, RULES, TYPES) },
    { message: 'Few-shot: one example for refunds', content: answer(INTRODUCTION, RULES, TYPES, firstLines(EXAMPLES, 3)) },
    { message: 'An example for each type of ticket', content: answer(INTRODUCTION, RULES, TYPES, EXAMPLES) },
    { message: 'Plain text, one question at most', content: answer(INTRODUCTION, RULES, TYPES, EXAMPLES, OUTPUT) },
    { message: 'Plan before answering', content: answer(INTRODUCTION, RULES, TYPES, EXAMPLES, PLAN, OUTPUT) },
    {
      message: 'Without the plan, and concrete: "Too vague" was said too often',
      content: answer(INTRODUCTION, RULES, TYPES, EXAMPLES, CONCRETE, OUTPUT),
    },
  ],
}

const classify = (system: string): PromptContentInput => ({
  type: 'chat',
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: '{{question}}' },
  ],
  model: { route: 'kestrel-faq', parameters: { temperature: 0, maxTokens: 120 } },
})

export const CLASSIFY_TICKET: PromptHistory = {
  name: 'classify-ticket',
  description: 'Which type of ticket a message is, how urgent, and whether a person has to see it.',
  tags: ['copilot'],
  versions: [
    {
      message: 'First version',
      content: classify('Classify a message to the support of an outdoor shop: refund, delivery, invoice, login or cancellation.'),
    },
    { message: 'JSON, for the router', content: classify(firstLines(CLASSIFY_PROMPT, 2)) },
    { message: 'When a person has to see it', content: classify(CLASSIFY_PROMPT) },
  ],
}
