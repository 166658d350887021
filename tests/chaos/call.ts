import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { clients, type Heard } from './dialects.ts'
import { nameOf, type Plan, scriptOf } from './plan.ts'

/** A call as its client saw it. `whole`: the connection came to the end of the answer. */
export type Seen = Heard & {
  plan: Plan
  /** 0 where there was no answer. */
  status: number
  headers: IncomingHttpHeaders
  whole: boolean
  left: boolean
  raw: string
}

export type Calling = { url: string; secretKey: string; agent: Agent; environment: string }
export const newAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 512 })

/** Makes one call as it was planned. Never rejects: a failure is something that was seen. */
export function make(plan: Plan, { url, secretKey, agent, environment }: Calling): Promise<Seen> {
  const client = clients[plan.dialect]
  const asking = { model: plan.model, script: scriptOf(plan), stream: plan.stream }
  const body = JSON.stringify(client.body(asking))
  const seen: Seen = { plan, status: 0, headers: {}, whole: false, left: false, raw: '', text: '', clean: false }
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const request = httpRequest(url + client.path(asking), {
      method: 'POST',
      agent,
      timeout: 120_000,
      headers: {
        authorization: `Bearer ${plan.secretKey ?? secretKey}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-signalbox-session': nameOf(plan),
        ...(plan.user !== undefined && { 'x-signalbox-user': plan.user }),
        'x-signalbox-environment': environment,
      },
    })
    const leave = () => {
      seen.left = true
      request.destroy()
    }
    const timer = plan.leaves && 'ms' in plan.leaves ? setTimeout(leave, plan.leaves.ms) : undefined
    if (plan.leaves && 'when' in plan.leaves) plan.leaves.when.then(leave)
    const finish = () => {
      clearTimeout(timer)
      seen.raw = Buffer.concat(chunks).toString('utf8')
      const heard = client.hear(seen.raw, plan.stream)
      resolve(Object.assign(seen, heard, { clean: heard.clean && seen.whole && seen.status === 200 }))
    }
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', finish)
    request.on('response', (response) => {
      seen.status = response.statusCode ?? 0
      seen.headers = response.headers
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (!plan.leaves || !('pieces' in plan.leaves) || seen.left) return
        if (client.pieces(Buffer.concat(chunks).toString('utf8')) >= plan.leaves.pieces) leave()
      })
      response.on('error', finish)
      response.on('close', () => {
        seen.whole = response.complete
        finish()
      })
    })
    request.end(body)
  })
}

/** Makes calls side by side, so many at once, in the order in which they are asked for. */
export async function makeAll(
  next: () => Plan | undefined,
  { at, ...calling }: Omit<Calling, 'agent'> & { at: number },
  told: (seen: Seen) => void = () => {},
): Promise<void> {
  const agent = newAgent()
  const worker = async () => {
    for (let plan = next(); plan; plan = next()) told(await make(plan, { ...calling, agent }))
  }
  await Promise.all(Array.from({ length: at }, worker))
  agent.destroy()
}
