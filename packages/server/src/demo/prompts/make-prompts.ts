import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import { createClient } from '@signalbox/sdk'
import { CONTRACT_SUMMARY, CONTRACTS, clauseCoverage, UNREGISTERED } from './contract-summary.ts'
import { CLASSIFY_TICKET, type PromptHistory, SUPPORT_ANSWER } from './support-answer.ts'

type Server = { url: string; key: string }
type Client = ReturnType<typeof createClient>

/** Until every edge has what was promoted: it takes tens of milliseconds, and nobody waits for the demo by the second. */
const SETTLE_MS = 1000

/**
 * Prompts with their history, by the same API as anybody's, and the story of the one that went back: calls with the version that was
 * good, then with the one that was easier to read, each with its score, until somebody looks at the scores. Prompts that the project has
 * already stay as they are. Returns how many calls were made, each a trace.
 */
export async function makePrompts(server: Server): Promise<number> {
  const client = createClient({ baseUrl: server.url, apiKey: server.key })
  const known = new Set((await client.prompts.list({ limit: 500 })).prompts.map(({ name }) => name))
  const missing = ({ name }: PromptHistory) => !known.has(name)
  if (missing(SUPPORT_ANSWER)) await makeSupportAnswer(client)
  if (missing(CLASSIFY_TICKET)) {
    await save(client, CLASSIFY_TICKET)
    await client.prompts.setLabel({
      name: CLASSIFY_TICKET.name,
      label: 'production',
      version: 3,
      why: 'Nobody was called for a lawyer any more',
    })
  }
  return missing(CONTRACT_SUMMARY) ? await playContracts(server, client) : 0
}

async function makeSupportAnswer(client: Client): Promise<void> {
  const { name } = SUPPORT_ANSWER
  await save(client, SUPPORT_ANSWER)
  const point = (label: string, version: number, why: string) => client.prompts.setLabel({ name, label, version, why })
  await point('production', 7, 'Released with 4.11.2')
  await point('production', 8, 'Released with 4.12.0: a plan should make answers better')
  await client.prompts.rollback({ name, label: 'production', why: 'Thumbs went down, "Too vague"; slower, too' })
  await point('staging', 9, 'To be tried with 4.13.0-rc.1')
  await point('production', 9, 'Released with 4.12.1: concrete again, without the plan')
}

/** All versions from `from` on, oldest first. */
async function save(
  client: Client,
  { name, description, tags, versions }: PromptHistory,
  [from, to] = [0, versions.length],
): Promise<void> {
  for (const { content, message } of versions.slice(from, to)) await client.prompts.create({ name, content, message, description, tags })
}

async function playContracts(server: Server, client: Client): Promise<number> {
  const { name } = CONTRACT_SUMMARY
  const point = (version: number, why: string) => client.prompts.setLabel({ name, label: 'production', version, why })
  const round = async (version: 'only' | 'simple'): Promise<number> => {
    await sleep(SETTLE_MS)
    const scores = await Promise.all(
      CONTRACTS.map((contract) => summarised(server, client, { prompt: `${name}@production` }, contract[version])),
    )
    return scores.reduce((sum, score) => sum + score, 0) / scores.length
  }
  await save(client, CONTRACT_SUMMARY, [0, 1])
  await point(1, 'Read and agreed by legal')
  const good = await round('only')
  await save(client, CONTRACT_SUMMARY, [1, 2])
  await point(2, 'Sales asked for something easier to read')
  const bad = await round('simple')
  const why = `Clause coverage fell from ${good.toFixed(2)} to ${bad.toFixed(2)}: liabilities and terms are gone`
  await client.prompts.rollback({ name, label: 'production', why })
  await round('only')
  // Somebody kept the easy text, in the code of an app: no version says it.
  const system = { messages: [{ role: 'system', content: UNREGISTERED }] }
  for (const { simple } of CONTRACTS) await summarised(server, client, system, simple)
  return 4 * CONTRACTS.length
}

type Asked = { prompt: string } | { messages: { role: string; content: string }[] }

/** One call and its score; the score is of what was really answered. */
async function summarised({ url, key }: Server, client: Client, asked: Asked, text: string): Promise<number> {
  const contract = JSON.stringify({ text, firstTokenMs: 120, chunkMs: 4 })
  const body =
    'prompt' in asked
      ? { prompt: asked.prompt, variables: { contract } }
      : { model: 'simulator/script', messages: [...asked.messages, { role: 'user', content: contract }] }
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-signalbox-environment': 'production',
      'x-signalbox-tags': 'contracts',
      // What was kept would not tell which version was asked.
      'x-signalbox-cache': 'no-store',
    },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { choices?: { message: { content: string } }[] }
  const summary = answer.choices?.[0]?.message.content
  if (!response.ok || summary === undefined)
    throw new AppError('unavailable', `A contract was not summarised: ${response.status} ${JSON.stringify(answer).slice(0, 300)}`)
  const score = clauseCoverage(summary)
  const traceId = response.headers.get('x-signalbox-trace-id') ?? ''
  await client.scores.create({
    traceId,
    name: 'clause-coverage',
    value: score,
    type: 'numeric',
    comment: 'Clauses that legal asks for and that the summary names',
  })
  return score
}
