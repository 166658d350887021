import type { AddressInfo } from 'node:net'
import { AppError, type CallEnd, type CallStart, noUsage, type SnapshotProject, type SnapshotProvider } from '@signalbox/schema'
import { type Environment, paths } from '../environment.ts'
import { createCall, type GatewayRooms } from '../gateway/call.ts'
import { createCountTokens } from '../gateway/count-tokens.ts'
import { Upstream } from '../gateway/upstream.ts'
import { createDirectory, type Directory } from '../governance/directory.ts'
import { CoreLink } from '../http/core-link.ts'
import { createEdgeServer } from '../http/edge-server.ts'
import { createLog } from '../lib/log.ts'
import { loadMasterKey } from '../lib/master-key.ts'
import { formatMetrics } from '../lib/metrics.ts'
import { oncePer } from '../lib/once-per.ts'
import { createPricing } from '../pricing/price.ts'
import { createCommandKeys } from '../providers/command-keys.ts'
import { startSimulator } from '../providers/simulator/server.ts'
import { Journal } from '../store/journal/journal.ts'
import { Shipper } from '../store/journal/shipper.ts'
import { EdgeMetrics } from './edge-metrics.ts'
import { followSnapshots } from './snapshot-follower.ts'

const DRAIN_MS = 30_000
const HEARTBEAT_MS = 2000

/** The composition root of the edge: journal, gateway, ingest and the way to the core. Knows no database. */
export async function runEdge(environment: Environment, { supervised }: { supervised: boolean }): Promise<void> {
  process.title = 'signalbox edge'
  const log = createLog('edge', environment.logLevel)
  const where = paths(environment.data)
  const token = environment.clusterToken ?? ''
  const core = new CoreLink({
    address: environment.coreUrl ? { url: environment.coreUrl } : { socketPath: where.socket },
    token,
    trustProxy: environment.trustProxy,
  })
  const sealKey = environment.coreUrl ? token : loadMasterKey(where.masterKey, environment.masterKey)

  const journal = new Journal({ folder: where.journal })
  journal.open(({ header }) => ({ header: JSON.stringify(interruptedEnd(JSON.parse(header) as CallStart)) }))
  const shipper = new Shipper({
    journal,
    send: (batch) => sendBatch(core, batch),
    onError: (error) => log.debug({ err: error }, 'a batch could not be shipped yet'),
  })
  shipper.start()

  let directory: Directory | undefined
  const configured = Promise.withResolvers<void>()
  const follower = followSnapshots({
    core,
    file: where.snapshot,
    key: sealKey,
    log,
    onSnapshot: (snapshot) => {
      directory = createDirectory(snapshot)
      configured.resolve()
    },
  })
  const currentDirectory = () => {
    if (!directory) throw new AppError('unavailable', 'The edge has no configuration yet: the core has not answered.')
    return directory
  }

  const metrics = new EdgeMetrics()
  const upstream = new Upstream()
  const simulator = simulatorOf(where.simulator)
  const keyOf = createCommandKeys()
  const gateway: GatewayRooms = {
    directory: currentDirectory,
    journal,
    upstream,
    pricingOf: oncePer((project: SnapshotProject) => createPricing(project.prices)),
    locate: (provider) => (provider.settings?.apiKeyCommand ? keyOf(provider) : simulator.locate(provider)),
    onCall: (end) => metrics.call(end),
  }
  const server = createEdgeServer({
    core,
    log,
    journal,
    directory: currentDirectory,
    call: createCall(gateway),
    countTokens: createCountTokens(gateway),
    onSpans: (accepted, rejected) => metrics.spans(accepted, rejected),
    edgeProblem: () => (directory ? (journal.full ? 'the disk of the journal is full' : null) : 'no configuration yet'),
    coreReady: () =>
      core.call('GET', '/internal/ready', { timeoutMs: 2000 }).then(
        () => true,
        () => false,
      ),
    metrics: async () =>
      formatMetrics(metrics.read(journal, shipper)) +
      (await core.call('GET', '/internal/metrics', { timeoutMs: 2000 }).then(String, () => '')),
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new AppError('conflict', `Port ${environment.port} on ${environment.host} is taken.`, {
              hint: 'Stop what listens there, or set SIGNALBOX_PORT.',
            })
          : cause,
      ),
    )
    server.listen({ port: environment.port, host: environment.host, backlog: 4096 }, resolve)
  })
  const { port } = server.address() as AddressInfo
  log.info({ port, host: environment.host }, 'the edge listens')
  const heartbeat = setInterval(() => void beat(core, { journal, shipper, simulatorUrl: simulator.url() }), HEARTBEAT_MS)
  // Loading the price table takes 50 ms, which no call should wait for.
  setTimeout(() => createPricing([]).warm(), 100)
  if (supervised) void configured.promise.then(() => process.send?.({ type: 'ready' }))

  let stopping = false
  process.on('SIGTERM', async () => {
    if (stopping) return
    stopping = true
    clearInterval(heartbeat)
    log.info('the edge drains')
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, DRAIN_MS - 6000))])
    await shipper.stop(4000)
    follower.stop()
    await journal.close()
    process.exit(0)
  })
}

const sendBatch = async (core: CoreLink, batch: { id: string; edgeId: string; bytes: Buffer[] }): Promise<void> => {
  await core.call('POST', '/internal/batches', {
    body: batch.bytes,
    headers: { 'x-batch-id': batch.id, 'x-edge-id': batch.edgeId },
    timeoutMs: 120_000,
  })
}

async function beat(
  core: CoreLink,
  { journal, shipper, simulatorUrl }: { journal: Journal; shipper: Shipper; simulatorUrl: string | null },
): Promise<void> {
  const body = JSON.stringify({ edgeId: shipper.edgeId, pendingBytes: journal.pendingBytes, full: journal.full, simulatorUrl })
  await core.call('POST', '/internal/heartbeat', { body: [Buffer.from(body)], timeoutMs: 2000 }).catch(() => {})
}

/** What is known of a call whose process died: it began. What it used is estimated later, from the request. */
function interruptedEnd(start: CallStart): CallEnd {
  return {
    v: 1,
    status: 'interrupted',
    errorType: 'interrupted',
    statusMessage: 'The process that made this call died before it ended.',
    httpStatus: 0,
    endedAt: start.startedAt,
    firstTokenMs: null,
    provider: start.provider,
    model: start.model,
    finishReason: '',
    usage: noUsage(),
    usageSource: 'none',
    cost: null,
    costParts: {},
    priceVersion: '',
    attempts: [{ provider: start.provider, model: start.model, status: 0, ms: 0, error: 'interrupted' }],
    responseBytes: 0,
    sse: false,
    truncated: false,
  }
}

/** The built-in simulator: its socket opens with the first call to it. */
function simulatorOf(folder: string) {
  let running: ReturnType<typeof startSimulator> | undefined
  let url: string | null = null
  const located = new WeakMap<SnapshotProvider, SnapshotProvider>()
  return {
    url: () => url,
    async locate(provider: SnapshotProvider): Promise<SnapshotProvider> {
      running ??= startSimulator({ countFile: `${folder}/count.jsonl` })
      ;({ url } = await running)
      const found = located.get(provider) ?? { ...provider, baseUrl: url }
      located.set(provider, found)
      return found
    },
  }
}
