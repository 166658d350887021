import type { AddressInfo } from 'node:net'
import { AppError, type CallEnd, type CallStart, FRAME, noUsage, type SnapshotProject, type SnapshotProvider } from '@signalbox/schema'
import { type Environment, paths } from '../environment.ts'
import { createCache } from '../gateway/cache/create-cache.ts'
import { createCall, type GatewayRooms } from '../gateway/call.ts'
import { createCountTokens } from '../gateway/count-tokens.ts'
import { createAskedVersions, type VersionAnswer } from '../gateway/prompts/asked-versions.ts'
import { createRefusals } from '../gateway/refusals.ts'
import { type CanaryBeat, createCanaryStops } from '../gateway/routing/canary-stops.ts'
import { createRouter } from '../gateway/routing/create-router.ts'
import { createTargetHealth } from '../gateway/routing/target-health.ts'
import { RunningCalls } from '../gateway/running-calls.ts'
import { createShadows } from '../gateway/shadow.ts'
import { Upstream } from '../gateway/upstream.ts'
import { createAdmission } from '../governance/admission.ts'
import type { KnownUse } from '../governance/budgets-known.ts'
import type { EdgeUse } from '../governance/budgets-usage.ts'
import { type Directory, directoryOver } from '../governance/directory.ts'
import { createFeedbackLimit } from '../governance/feedback-limit.ts'
import { CoreLink } from '../http/core-link.ts'
import { createEdgeServer } from '../http/edge-server.ts'
import { startOtlpGrpc } from '../http/otlp-grpc.ts'
import { newSpanId } from '../lib/ids.ts'
import { createLog } from '../lib/log.ts'
import { loadMasterKey } from '../lib/master-key.ts'
import { formatMetrics } from '../lib/metrics.ts'
import { oncePer } from '../lib/once-per.ts'
import { createPricing } from '../pricing/price.ts'
import { startSimulator } from '../providers/simulator/server.ts'
import { Journal } from '../store/journal/journal.ts'
import type { Piece } from '../store/journal/read-batch.ts'
import { replayCalls } from '../store/journal/replay-calls.ts'
import { Shipper } from '../store/journal/shipper.ts'
import { memoryKeyValue } from '../store/key-value/memory.ts'
import { IngestTally } from '../tracing/inspector/ingest-tally.ts'
import { BusinessMetrics } from './business-metrics.ts'
import { cacheMetrics } from './cache-metrics.ts'
import { createCacheStores } from './cache-store.ts'
import { createKeeper } from './create-keeper.ts'
import { EdgeMetrics } from './edge-metrics.ts'
import { feedbackMetric, refusalMetrics } from './refusal-metrics.ts'
import { RoutingMetrics } from './routing-metrics.ts'
import { shadowMetrics } from './shadow-metrics.ts'
import { createShadowSpending } from './shadow-spending.ts'
import { followSnapshots } from './snapshot-follower.ts'
import { type BreakersBeat, breakersBeat } from './target-states.ts'

const DRAIN_MS = 30_000
const HEARTBEAT_MS = 2000
/** Of kept answers of projects whose content is not written. */
const PRIVATE_BYTES = 64 << 20

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
  const admission = createAdmission()
  const pricingOf = oncePer((project: SnapshotProject) => createPricing(project.prices))
  const keeper = createKeeper({
    admission,
    pricingOf,
    journal,
    core,
    log,
    file: where.budgets,
    edgeId: () => shipper.edgeId,
    // With a core of its own behind a socket, it is the only edge.
    leases: environment.coreUrl ? { lastsMs: environment.leaseMs, acked: () => shipper.acked } : undefined,
  })
  const shipper = new Shipper({
    journal,
    send: (batch) => sendBatch(core, batch),
    onError: (error) => log.debug({ err: error }, 'a batch could not be shipped yet'),
  })
  shipper.start()

  const cacheStores = createCacheStores({ folder: where.cache, redisUrl: environment.redisUrl, log })
  const inMemory = memoryKeyValue({ maxBytes: PRIVATE_BYTES })
  const cache = createCache({ open: cacheStores.open, openPrivate: () => inMemory })
  const metrics = new EdgeMetrics()
  const tally = new IngestTally()
  let directory: Directory | undefined
  const configured = Promise.withResolvers<void>()
  const follower = followSnapshots({
    core,
    file: where.snapshot,
    key: sealKey,
    log,
    onSnapshot: (snapshot, tookMs) => {
      cacheStores.follow(snapshot.cache)
      keeper.follow(snapshot)
      directory = directoryOver(snapshot)
      metrics.configured(snapshot.version, tookMs)
      configured.resolve()
    },
  })
  const currentDirectory = () => {
    if (!directory) throw new AppError('unavailable', 'The edge has no configuration yet: the core has not answered.')
    return directory
  }

  const routing = new RoutingMetrics()
  const business = new BusinessMetrics()
  const health = createTargetHealth()
  const canaries = createCanaryStops()
  const upstream = new Upstream()
  const simulator = simulatorOf(where.simulator)
  const refusals = createRefusals({ journal })
  const running = new RunningCalls({
    edgeId: () => shipper.edgeId,
    now: Date.now,
    async tell(report) {
      const body = [Buffer.from(JSON.stringify(report))]
      return (JSON.parse(String(await core.call('POST', '/internal/running', { body, timeoutMs: 2000 }))) as { known: boolean }).known
    },
  })
  const coreAnswers = (): Promise<boolean> =>
    core.call('GET', '/internal/ready', { timeoutMs: 2000 }).then(
      () => true,
      () => false,
    )
  const gateway: GatewayRooms = {
    coreAnswers,
    promptVersion: createAskedVersions(async (asked) => {
      const body = [Buffer.from(JSON.stringify(asked))]
      return JSON.parse(String(await core.call('POST', '/internal/prompt-version', { body, timeoutMs: 5000 }))) as VersionAnswer
    }),
    directory: currentDirectory,
    journal,
    upstream,
    router: createRouter({ health, admission, pricingOf, canaries }),
    admission,
    cache,
    pricingOf,
    locate: simulator.locate,
    refused: refusals.tell,
    running,
    onCall(end, start) {
      business.call(start, end)
      metrics.call(end)
      routing.call(end)
    },
  }
  const shadows = createShadows(gateway, {
    spent: createShadowSpending({
      edgeId: () => shipper.edgeId,
      ask: async (query) =>
        JSON.parse(
          String(await core.call('POST', '/internal/usage', { body: [Buffer.from(JSON.stringify(query))], timeoutMs: 5000 })),
        ) as KnownUse,
      replay: (from, each) => replayCalls(journal.folder, from, each),
      now: Date.now,
    }),
    onRefused: (err, split) => log.debug({ err, split }, 'a call was not mirrored'),
  })
  const feedbackLimit = createFeedbackLimit()
  const server = createEdgeServer({
    core,
    log,
    journal,
    directory: currentDirectory,
    allowedOrigins: environment.allowedOrigins,
    trustProxy: environment.trustProxy,
    feedbackLimit,
    call: createCall({ ...gateway, mirror: shadows.mirror }),
    countTokens: createCountTokens(gateway),
    ingested(report) {
      metrics.ingested(report)
      tally.note(report)
    },
    async traceOf(projectId, spanId) {
      const body = [Buffer.from(JSON.stringify({ projectId, spanId }))]
      const answer = await core.call('POST', '/internal/trace-of', { body, timeoutMs: 5000 })
      return (JSON.parse(answer.toString('utf8')) as { traceId: string | null }).traceId ?? undefined
    },
    edgeProblem: () => (directory ? (journal.full ? 'the disk of the journal is full' : null) : 'no configuration yet'),
    coreReady: coreAnswers,
    metrics: async () =>
      formatMetrics([
        ...metrics.read(journal, shipper),
        ...routing.read(health.open()),
        ...business.read(),
        ...cacheMetrics(cache.counters),
        shadowMetrics(shadows.counters),
        ...refusalMetrics(refusals.counters),
        feedbackMetric(feedbackLimit.counters),
      ]) + (await core.call('GET', '/internal/metrics', { timeoutMs: 2000 }).then(String, () => '')),
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
  const otlpGrpc =
    environment.otlpGrpcPort === null
      ? undefined
      : await startOtlpGrpc(
          { directory: currentDirectory, journal, log, ingested: (report) => metrics.ingested(report) },
          { host: environment.host, port: environment.otlpGrpcPort },
        )
  if (otlpGrpc) log.info({ port: otlpGrpc.port, host: environment.host }, 'the edge takes OTLP over gRPC')
  const heartbeat = setInterval(
    () =>
      void beat(core, {
        journal,
        shipper,
        simulatorUrl: simulator.url(),
        configVersion: directory?.version ?? 0,
        budgets: keeper.told(),
        canaries: canaries.told(),
        ...breakersBeat(health.notClosed()),
      }).then(({ stopped = [] }) => canaries.stop(stopped)),
    HEARTBEAT_MS,
  )
  const reporting = setInterval(() => report(journal, tally), HEARTBEAT_MS)
  keeper.start()
  running.start()
  // Loading the price table takes 50 ms, which no call should wait for.
  setTimeout(() => createPricing([]).warm(), 100)
  if (supervised) void configured.promise.then(() => process.send?.({ type: 'ready' }))

  let stopping = false
  process.on('SIGTERM', async () => {
    if (stopping) return
    stopping = true
    clearInterval(heartbeat)
    log.info('the edge drains')
    shadows.stop()
    running.stop()
    refusals.stop()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    await otlpGrpc?.stop()
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, DRAIN_MS - 6000))])
    clearInterval(reporting)
    report(journal, tally)
    await shipper.stop(4000)
    await keeper.stop()
    follower.stop()
    await cacheStores.close()
    await journal.close()
    process.exit(0)
  })
}

/** Tells the core what became of requests to ingest endpoints, in turn with what they brought. */
function report(journal: Journal, tally: IngestTally): void {
  const told = tally.take()
  if (told) journal.append({ kind: FRAME.report, id: newSpanId(), header: '{}', body: [Buffer.from(JSON.stringify(told))] }, () => {})
}

const sendBatch = async (core: CoreLink, batch: { id: string; edgeId: string; pieces: Piece[] }): Promise<void> => {
  await core.call('POST', '/internal/batches', {
    body: batch.pieces,
    headers: { 'x-batch-id': batch.id, 'x-edge-id': batch.edgeId },
    timeoutMs: 120_000,
  })
}

/** Says that this edge is there, where the core listens, and hears which canaries are stopped. */
async function beat(
  core: CoreLink,
  {
    journal,
    shipper,
    ...told
  }: {
    journal: Journal
    shipper: Shipper
    simulatorUrl: string | null
    configVersion: number
    budgets: EdgeUse[]
    canaries: CanaryBeat[]
  } & BreakersBeat,
): Promise<{ stopped?: string[] }> {
  const body = JSON.stringify({ edgeId: shipper.edgeId, pendingBytes: journal.pendingBytes, full: journal.full, ...told })
  try {
    const answer = await core.call('POST', '/internal/heartbeat', { body: [Buffer.from(body)], timeoutMs: 2000 })
    return JSON.parse(String(answer)) as { stopped?: string[] }
  } catch {
    // The next one says the same.
    return {}
  }
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
    attempts: [{ provider: start.provider, model: start.model, status: 0, ms: 0, startedAt: start.startedAt, error: 'interrupted' }],
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
