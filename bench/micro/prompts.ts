// CPU of a call that is rendered from a prompt of 2 KB: filling in the template alone, and all that the gateway does for it.
// node --conditions=source bench/micro/prompts.ts
import { PromptContent, type SnapshotProject } from '../../packages/schema/src/index.ts'
import { loadEngine, renderContent } from '../../packages/sdk/src/templates/index.ts'
import { annotationsOf } from '../../packages/server/src/gateway/annotations.ts'
import { doors } from '../../packages/server/src/gateway/doors.ts'
import { findVersion } from '../../packages/server/src/gateway/prompts/find-version.ts'
import { renderPrompt } from '../../packages/server/src/gateway/prompts/render-prompt.ts'
import { decodeRequest } from '../../packages/server/src/gateway/wire/request.ts'

const ROUNDS = 9
const CALLS = 20_000
const PROMPTS = 10_000

const words = 'You answer questions of customers about refunds, politely and in short sentences. '.repeat(22)
const TEMPLATES = {
  mustache: `${words}\nPolicy: {{policy}}\n{{#items}}- {{title}}: {{price}}\n{{/items}}Answer {{customer.name}}.`,
  jinja: `${words}\nPolicy: {{ policy }}\n{% for item in items %}- {{ item.title }}: {{ item.price }}\n{% endfor %}Answer {{ customer.name }}.`,
  liquid: `${words}\nPolicy: {{ policy }}\n{% for item in items %}- {{ item.title }}: {{ item.price }}\n{% endfor %}Answer {{ customer.name }}.`,
} as const
const variables = {
  policy: '30 days, with the receipt',
  question: 'May I give it back?',
  items: [
    { title: 'Shoes', price: 80 },
    { title: 'Hat', price: 20 },
    { title: 'Coat', price: 200 },
  ],
  customer: { name: 'Ada' },
}
const contentOf = (engine: keyof typeof TEMPLATES) =>
  PromptContent.parse({
    type: 'chat',
    engine,
    messages: [
      { role: 'system', content: TEMPLATES[engine] },
      { role: 'user', content: '{{question}}' },
    ],
    model: { route: 'support', parameters: { temperature: 0.2 } },
  })
await loadEngine('liquid')

async function measure(name: string, work: () => unknown): Promise<void> {
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let call = 0; call < CALLS; call++) {
      const made = work()
      if (made instanceof Promise) await made
    }
    const { user, system } = process.cpuUsage(before)
    took.push((user + system) / CALLS)
  }
  took.sort((a, b) => a - b)
  console.log(`${name.padEnd(44)} ${took[Math.floor(ROUNDS / 2)]?.toFixed(2)} µs (best ${took[0]?.toFixed(2)})`)
}

console.log(`A template of ${TEMPLATES.mustache.length} characters; the median of ${ROUNDS} rounds of ${CALLS}.`)
for (const engine of ['mustache', 'jinja', 'liquid'] as const) {
  const content = contentOf(engine)
  await measure(`render, ${engine}`, () => renderContent(content, variables, { strict: true }))
}

const prompt = { labels: { production: { version: 1 } }, versions: { 1: { hash: 'h', content: contentOf('mustache') } } }
const project = {
  id: 'default',
  capture: { content: true, maxBytes: 1 << 20 },
  prompts: Object.fromEntries(Array.from({ length: PROMPTS }, (_, at) => [`support/refund-${at}`, prompt])),
} as unknown as SnapshotProject
await measure(`find a version among ${PROMPTS} prompts`, () =>
  findVersion(project, 'support/refund-7000@production', { sticky: '', param: 'model' }),
)

const body = Buffer.from(JSON.stringify({ model: 'prompt:support/refund-7000@production', variables }))
const plain = Buffer.from(
  JSON.stringify({
    model: 'support',
    messages: [
      { role: 'system', content: words },
      { role: 'user', content: 'May I?' },
    ],
  }),
)
await measure('decode a call without a prompt', () => decodeRequest(Buffer.from(plain), doors.chat.shape))
const annotations = annotationsOf({})
await measure('decode and render a call with one', () => {
  const request = decodeRequest(Buffer.from(body), doors.chat.shape)
  if (!request.asked) throw new Error('no prompt')
  return renderPrompt(request.asked, request, { door: doors.chat, project, headers: {}, annotations })
})
