import type { PlaygroundState, PromptContentInput } from '@signalbox/schema'
import { PromptContent } from '@signalbox/schema'
import type { TechniqueId } from './technique-titles.ts'

/** A way to write a prompt, with what it is good for and one example that can be run as it is. */
export type Technique = {
  id: TechniqueId
  says: string
  content: PromptContentInput
  variables: Record<string, string>
}

const ARTICLE =
  'The night train from Vienna arrived two hours late in Rome on Monday because of a broken switch near Florence. ' +
  'Nobody was hurt. The railway gave every passenger a voucher for breakfast and promised to replace the switch by Friday.'

/** One example of each. */
export const TECHNIQUES: readonly Technique[] = [
  {
    id: 'zero-shot',
    says: 'Only say what to do. Enough for tasks that every model has seen many times.',
    content: {
      type: 'chat',
      messages: [{ role: 'user', content: 'Summarize this text in one sentence.\n\n{{text}}' }],
      model: { parameters: { temperature: 0 } },
    },
    variables: { text: ARTICLE },
  },
  {
    id: 'few-shot',
    says: 'Show a few pairs of question and answer. The model goes on in the same form, where words would describe it badly.',
    content: {
      type: 'chat',
      messages: [
        { role: 'system', content: 'Name the capital.' },
        { role: 'user', content: '{{country}}' },
      ],
      examples: [
        { input: 'France', output: 'France → Paris' },
        { input: 'Japan', output: 'Japan → Tokyo' },
        { input: 'Brazil', output: 'Brazil → Brasília' },
      ],
      model: { parameters: { temperature: 0 } },
    },
    variables: { country: 'Kenya' },
  },
  {
    id: 'chain-of-thought',
    says: 'Ask for the steps before the answer. For arithmetic and logic, and for seeing where it goes wrong.',
    content: {
      type: 'chat',
      messages: [
        {
          role: 'user',
          content:
            '{{question}}\n\nThink step by step: one line for each step. Then write the result on a last line that begins with "Answer:".',
        },
      ],
      model: { parameters: { temperature: 0 } },
    },
    variables: { question: 'A car has 4 wheels and a motorcycle has 2. How many wheels do 3 cars and 2 motorcycles have together?' },
  },
  {
    id: 'role',
    says: 'Say who answers and for whom. It sets the tone, the words and what may be taken for granted.',
    content: {
      type: 'chat',
      messages: [
        {
          role: 'system',
          content: 'You are {{role}}. You answer {{audience}} in at most three sentences, and say so when you do not know something.',
        },
        { role: 'user', content: '{{question}}' },
      ],
      model: { parameters: { temperature: 0.3 } },
    },
    variables: {
      role: 'a patient science teacher',
      audience: 'a ten-year-old',
      question: 'Why is the sky blue?',
    },
  },
  {
    id: 'structured-output',
    says: 'Give the shape of the answer as a JSON schema, so that a program can read it.',
    content: {
      type: 'chat',
      messages: [
        { role: 'system', content: 'Take the facts out of the text. What is not said there is null.' },
        { role: 'user', content: '{{text}}' },
      ],
      output: {
        name: 'incident',
        strict: true,
        schema: {
          type: 'object',
          properties: {
            place: { type: ['string', 'null'] },
            cause: { type: ['string', 'null'] },
            delayHours: { type: ['number', 'null'] },
            injured: { type: ['integer', 'null'] },
          },
          required: ['place', 'cause', 'delayHours', 'injured'],
          additionalProperties: false,
        },
      },
      model: { parameters: { temperature: 0 } },
    },
    variables: { text: ARTICLE },
  },
]

/** A playground with the example of a technique in it. */
export function stateOf({ content, variables }: Technique, route: string): PlaygroundState {
  const whole = PromptContent.parse(content)
  return {
    columns: [{ content: { ...whole, model: { ...whole.model, ...(route && { route }) } }, mocks: {} }],
    variables: { ...variables },
  }
}
