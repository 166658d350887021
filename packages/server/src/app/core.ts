import { mkdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FeedbackSettings, type IngestHeader, type SpanRow } from '@signalbox/schema'
import { createRunFollower } from '../compat/datasets/follow-runs.ts'
import { langfuseApi } from '../compat/langfuse/api.ts'
import { langsmithApi } from '../compat/langsmith/api.ts'
import { opikApi } from '../compat/opik/api.ts'
import { createScorePlacer } from '../compat/place-scores.ts'
import { openConfigFile } from '../config/config-file.ts'
import { configHandlers } from '../config/config-handlers.ts'
import { providerHandlers } from '../config/handlers.ts'
import { configJsonSchema } from '../config/json-schema.ts'
import { createKeySources } from '../config/key-sources.ts'
import type { LoadedConfig } from '../config/load.ts'
import { createProjectProviders, nameTaken } from '../config/project-providers.ts'
import { createProjectRoutes } from '../config/project-routes.ts'
import { routeHandlers } from '../config/route-handlers.ts'
import { createStoredEntries } from '../config/stored-entries.ts'
import { createStoredProviders } from '../config/stored-providers.ts'
import { dashboardHandlers } from '../dashboards/handlers.ts'
import { createStoredDashboards } from '../dashboards/stored.ts'
import { datasetHandlers } from '../datasets/handlers.ts'
import { createDemos } from '../demo/demos.ts'
import { type Environment, paths } from '../environment.ts'
import { assertTested } from '../experiments/server/prompt-tests.ts'
import { cacheHandlers } from '../gateway/cache/handlers.ts'
import { createPurges } from '../gateway/cache/purges.ts'
import { routingHandlers } from '../gateway/routing/handlers.ts'
import { createAccess } from '../governance/access.ts'
import { createBudgets } from '../governance/budgets.ts'
import { budgetHandlers } from '../governance/budgets-handlers.ts'
import { idsOf } from '../governance/budgets-usage.ts'
import { createFeedbackOrigins } from '../governance/feedback-origins.ts'
import { createPlaygroundKeys } from '../governance/playground-keys.ts'
import { reconcileAll } from '../governance/reconcile.ts'
import { createCoreServer } from '../http/core-server.ts'
import type { Handlers } from '../lib/handlers.ts'
import { createLive, newsOfSpans } from '../lib/live.ts'
import { createLog } from '../lib/log.ts'
import { loadMasterKey } from '../lib/master-key.ts'
import { oncePer } from '../lib/once-per.ts'
import { VERSION } from '../lib/version.ts'
import { createMarkers } from '../monitoring/markers/markers.ts'
import { createReleaseWatch } from '../monitoring/markers/releases.ts'
import { estimateChat } from '../pricing/estimate-tokens.ts'
import { createPricing, type Pricing, pricedAs } from '../pricing/price.ts'
import { createPlaygroundCalls } from '../prompts/playground/calls.ts'
import { playgroundHandlers } from '../prompts/playground/handlers.ts'
import { removePromptsOf } from '../prompts/remove-of.ts'
import { createProviderTest } from '../providers/test-provider.ts'
import { migrateEvents } from '../store/events/migrate.ts'
import { migrate } from '../store/sql/migrate.ts'
import { applyBatch, pruneAppliedBatches } from '../tracing/apply-batch.ts'
import { deadLetterHandlers } from '../tracing/dead-letters.ts'
import { createDeletions } from '../tracing/deletion/deletions.ts'
import { deletionHandlers } from '../tracing/deletion/handlers.ts'
import { createRetention } from '../tracing/deletion/retention-keeper.ts'
import { traceHandlers } from '../tracing/handlers.ts'
import { decodeIngest } from '../tracing/ingest/formats.ts'
import { createEntryMarker } from '../tracing/ingest/otlp/mark-entries.ts'
import { inspectorHandlers } from '../tracing/inspector/handlers.ts'
import { createReaper } from '../tracing/merge/reap.ts'
import { overviewHandlers } from '../tracing/overview/handlers.ts'
import { queryHandlers } from '../tracing/queries/handlers.ts'
import { createTraceQueries } from '../tracing/queries/trace-queries.ts'
import { indexWaitingWords } from '../tracing/queries/word-index.ts'
import { repricingHandlers } from '../tracing/repricing/handlers.ts'
import { createRepricings } from '../tracing/repricing/repricings.ts'
import { createRoles } from '../tracing/roles/settle-roles.ts'
import { createRunningCalls } from '../tracing/running-calls.ts'
import { scoreHandlers } from '../tracing/scores/handlers.ts'
import { createImplicitFeedback } from '../tracing/scores/implicit-feedback.ts'
import { backUpBeforeUpgrade } from './back-up-before-upgrade.ts'
import { createCanarySums } from './canary-sums.ts'
import { createClockWork } from './clock-work.ts'
import { assertDataVersion, writeDataVersion } from './data-version.ts'
import { createDatasetFilling } from './dataset-filling.ts'
import { edgeRoutes } from './edge-routes.ts'
import { createEvaluatorRooms } from './evaluator-rooms.ts'
import { createExperimentRooms } from './experiment-rooms.ts'
import { healthHandlers } from './health-facts.ts'
import { markFileChanges, markingChanges } from './mark-changes.ts'
import { closeStores, openStores } from './open-stores.ts'
import { projectOf } from './project-of.ts'
import { createPromptRooms } from './prompt-rooms.ts'
import { Queue } from './queue.ts'
import { replayRooms } from './replay-rooms.ts'
import { createReviewRooms } from './review-rooms.ts'
import { buildSnapshot } from './snapshot.ts'
import { SnapshotHub } from './snapshot-hub.ts'
import { spanReader } from './span-reader.ts'
import { type EdgeBeat, systemHandlers } from './system-status.ts'
import { targetStateHandlers } from './target-states.ts'

/** What an edge that fell silent said of its calls is true no longer. */
const BEAT_LOST_MS = 10_000
const MINUTE = 60_000
const HOUR = 3_600_000

/** The composition root of the core: the stores, every room, the API and what edges send. */
export async function runCore(environment: Environment, { supervised }: { supervised: boolean }): Promise<void> {
  process.title = 'signalbox core'
  const log = createLog('core', environment.logLevel)
  const where = paths(environment.data)
  mkdirSync(environment.data, { recursive: true, mode: 0o700 })
  assertDataVersion(environment.data)
  const masterKey = loadMasterKey(where.masterKey, environment.masterKey)
  const clusterToken = environment.clusterToken ?? ''

  const configFile = await openConfigFile({
    file: environment.configFile,
    variables: process.env,
    async adopt(next) {
      for (const warning of next.warnings) log.warn(warning)
      await keySources.follow(next.projects)
      await access.ensureConfigured(next)
      await hub.changed()
      await markFileChanges(configFile, { markers, sql, log })
      log.info('the configuration was read again')
    },
    refused: (error) =>
      log.error({ problem: error instanceof Error ? error.message : error }, 'the changed configuration is not used: it has errors'),
  })
  const { config } = configFile
  for (const warning of config().warnings) log.warn(warning)
  const stores = await openStores(environment, (what) => log.warn(what))
  const { sql, events, keyValue } = stores
  await backUpBeforeUpgrade({ stores, environment, log })
  await migrate(sql)
  await migrateEvents(events)
  writeDataVersion(environment.data, VERSION)

  const hub = new SnapshotHub((version) =>
    buildSnapshot({ version, config: config(), access, providers, routes, purges, budgets, prompts, origins }),
  )
  const access = createAccess({ sql, keyValue, version: VERSION, publicUrl: environment.publicUrl, changed: () => hub.changed() })
  const origins = createFeedbackOrigins({
    sql,
    declared: (id) => (config().projects[id] ?? config().base).feedback,
    server: environment.allowedOrigins,
    changed: () => hub.changed(),
  })
  const stored = createStoredProviders({
    sql,
    masterKey,
    allowPrivate: environment.allowPrivateProviders,
    taken: (projectId, name) => nameTaken(config().projects[projectId] ?? config().base, name),
    changed: () => hub.changed(),
  })
  const keySources = createKeySources({
    folder: dirname(environment.configFile),
    changed: () => hub.changed(),
    warn: (details) => log.warn(details, 'the key of a provider could not be read'),
  })
  await keySources.follow(config().projects)
  const storedModels = createStoredEntries('model', { sql, changed: () => hub.changed() })
  const storedSplits = createStoredEntries('split', { sql, changed: () => hub.changed() })
  const budgets = createBudgets({
    stored: createStoredEntries('budget', { sql, changed: () => hub.changed() }),
    declared: (projectId) => config().projects[projectId] ?? config().base,
    idsOf: (projectId, budget) => idsOf(sql, projectId, budget),
  })
  const dashboards = createStoredDashboards({ sql })
  const markers = createMarkers({ sql })
  const releases = createReleaseWatch({ sql })
  const live = createLive()
  const promptRooms = createPromptRooms({
    sql,
    events,
    masterKey,
    allowPrivate: environment.allowPrivateProviders,
    markers,
    live,
    log,
    alone: environment.databaseUrl === null,
    changed: () => hub.changed(),
    assertMoves: (session, projectId, moves) => assertTested(session, projectId, moves, environment.publicUrl),
  })
  const { prompts } = promptRooms
  const purges = createPurges({ sql, changed: () => hub.changed() })
  const routes = createProjectRoutes({ config, models: storedModels, splits: storedSplits })
  const providers = createProjectProviders({ config, stored, keyOf: keySources.keyOf })
  await access.ensureBootstrap(environment)
  await access.ensureConfigured(config())
  await markFileChanges(configFile, { markers, sql, log })
  await hub.changed()
  const unreadable = (await stored.all())
    .filter(({ secrets }) => secrets === undefined)
    .map(({ projectId, name }) => `${projectId}/${name}`)
  if (unreadable.length > 0) log.error({ providers: unreadable }, 'the keys of these providers were sealed with another master key')
  const running = createRunningCalls({ now: Date.now, onNews: (news) => live.publish({ ...news, type: 'running' }) })
  const queries = createTraceQueries({ events, running })
  const beats = new Map<string, EdgeBeat>()
  const canaries = await createCanarySums({ sql, warn: (details, what) => log.warn(details, what) })
  const liveBeats = () => [...beats.values()].filter(({ at }) => Date.now() - at < BEAT_LOST_MS)
  const batches = new Queue()
  /** Runs work while no batch of an edge is being taken in. */
  const quiesce = <T>(work: () => Promise<T>) => batches.run(work)
  const pricingOf = pricings(config)
  const deletions = createDeletions({
    sql,
    events,
    blobs: stores.blobs,
    quiesce,
    warn: (details, what) => log.warn(details, what),
  })
  await deletions.start()
  const retention = createRetention({
    sql,
    events,
    projectIds: () => access.projectIds(),
    declared: (projectId) => config().projects[projectId]?.retention,
    quiesce,
    log,
  })
  const implicitFeedback = createImplicitFeedback({
    events,
    projectIds: () => access.projectIds(),
    settingsOf: (id) => ((config().projects[id] ?? config().base).feedback ?? FeedbackSettings.parse({})).implicit,
    log,
  })
  const gatewayUrl = supervised ? localUrl(environment) : environment.publicUrl
  const playgroundKeys = createPlaygroundKeys({ sql, masterKey, changed: () => hub.changed() })
  const demos = createDemos({
    sql,
    events,
    url: gatewayUrl,
    createKey: access.createKey,
    revokeKey: access.revokeKey,
    deleteOfKey: ({ projectId, userId, keyId }, value) => deletions.request(projectId, { subject: 'key', value }, userId ?? keyId ?? ''),
    removeAlias: (of) => storedModels.remove(of),
    removeDashboards: (projectId, owner) => dashboards.removeOf({ projectId, owner }),
    reviews: () => reviews.handlers,
    removePrompts: (caller, keyId) => removePromptsOf({ sql, write: prompts.write }, caller, keyId),
    async removeMarkers(projectId, of) {
      await markers.forget(projectId, of)
      releases.forget(projectId)
    },
    warn: (details, what) => log.warn(details, what),
  })
  await demos.start()
  const marker = createEntryMarker()
  const placer = createScorePlacer({ events, log })
  const priceOf = ({ projectId, ...call }: { projectId: string } & Parameters<Pricing['price']>[0]) => pricingOf(projectId).price(call)

  const repricings = createRepricings({
    sql,
    events,
    price: priceOf,
    pricedAs: async (projectId) => {
      const { providers: known } = await providers.of(projectId)
      return (name) => pricedAs({ name, kind: Object.hasOwn(known, name) ? known[name]?.kind : undefined })
    },
    quiesce: (work) => batches.run(work),
    warn: (details, what) => log.warn(details, what),
    alone: environment.databaseUrl === null,
  })

  const applyRooms = {
    sql,
    events,
    estimate: estimateChat,
    price: priceOf,
    decodeIngest(header: IngestHeader, body: Buffer) {
      const decoded = decodeIngest(header, body, { price: (call) => pricingOf(header.projectId).price(call) })
      placer.take(decoded.scores)
      return decoded
    },
    markEntries: marker,
    withoutDeleted: deletions.withoutDeleted,
    roles: createRoles({ events, price: priceOf }),
    onApplied: (rows: readonly SpanRow[]) => {
      running.stored(rows)
      tell(rows)
    },
  }

  function tell(rows: readonly SpanRow[]): void {
    const used = new Map<string, Date>()
    for (const row of rows) {
      if (row.keyId) used.set(row.keyId, new Date(row.receivedAt / 1000))
    }
    for (const news of newsOfSpans(rows)) live.publish(news)
    access.touchKeys(used).catch((error: unknown) => log.warn({ err: error }, 'the last use of keys could not be noted'))
    releases.note(rows).catch((error: unknown) => log.warn({ err: error }, 'new releases could not be marked'))
  }

  const internal = edgeRoutes({
    stores,
    environment,
    queries,
    hub,
    beats,
    canaries,
    running,
    prompts,
    log,
    quiesce,
    apply: (batch) => applyBatch(batch, applyRooms),
  })

  const targetStates = targetStateHandlers({ beats: liveBeats })
  const budgetRoutes = budgetHandlers({ budgets, sql, events, edges: () => liveBeats().flatMap((beat) => beat.budgets ?? []) })
  const spans = spanReader(queries)
  const datasets = datasetHandlers({ sql, spans })
  const reviews = createReviewRooms({ sql, events, spans, datasets, log })
  const evaluators = createEvaluatorRooms({
    ...{ sql, events, masterKey, datasets, queries },
    url: gatewayUrl,
    allowPrivate: environment.allowPrivateProviders,
    changed: () => hub.changed(),
  })
  const filling = createDatasetFilling({ sql, spans: spanReader(queries), envFor: evaluators.envs.envFor })
  const experiments = createExperimentRooms({
    ...{ sql, masterKey, evaluators, log },
    publicUrl: environment.publicUrl,
    url: gatewayUrl,
    folder: join(environment.data, 'experiments'),
    alone: environment.databaseUrl === null,
    changed: () => hub.changed(),
  })
  const unmarked: Handlers = {
    ...access.handlers,
    ...markers.handlers,
    ...configHandlers({
      file: configFile,
      providers,
      routes,
      budgets,
      dashboards,
      snapshotVersion: () => hub.version,
      isOwner: async (accountId) => (await sql.query(`SELECT 1 FROM accounts WHERE id = $1 AND role = 'owner'`, [accountId])).length > 0,
    }),
    ...routeHandlers({ config, providers, routes, storedModels, storedSplits }),
    ...routingHandlers({ events, pricingOf, projectOf: (id) => projectOf(id, { config, providers, routes }) }),
    ...targetStates,
    ...overviewHandlers({ events }),
    ...healthHandlers({
      sql,
      data: environment.data,
      beats: () => [...beats.values()],
      configVersion: () => hub.version,
      models: targetStates,
      budgets: budgetRoutes,
      providersOf: async (projectId) => Object.keys((await providers.of(projectId)).providers),
    }),
    ...providerHandlers({
      providers,
      stored,
      test: createProviderTest(),
      simulatorUrl: () => [...beats.values()].find((beat) => beat.simulatorUrl)?.simulatorUrl ?? '',
    }),
    ...cacheHandlers({ events, purges, modelsOf: async (projectId) => (await routes.of(projectId)).models }),
    ...traceHandlers(queries),
    ...queryHandlers({ sql, events, folder: join(environment.data, 'exports') }),
    ...scoreHandlers({ events }),
    ...origins.handlers,
    ...promptRooms.handlers({
      projectOf: (id) => projectOf(id, { config, providers, routes }),
      pricingOf,
      dashboards,
      declaredDashboards: (id) => (config().projects[id] ?? config().base).dashboards,
    }),
    ...experiments.handlers,
    ...datasets,
    ...reviews.handlers,
    ...filling.handlers,
    ...evaluators.handlers,
    ...dashboardHandlers({ stored: dashboards, declared: (id) => (config().projects[id] ?? config().base).dashboards }),
    ...deadLetterHandlers({ sql, events }),
    ...deletionHandlers({ deletions, sql, events }),
    ...demos.handlers,
    ...playgroundHandlers({ sql }),
    ...inspectorHandlers(
      replayRooms({
        sql,
        queries,
        apply: applyRooms,
        quiesce: (work) => batches.run(work),
        maxBodyBytes: () => config().limits.maxBodyBytes,
        projectOf: (id) => projectOf(id, { config, providers, routes }),
      }),
    ),
    ...repricingHandlers({ repricings, sql }),
    ...retention.handlers,
    ...budgetRoutes,
    ...systemHandlers({
      stores,
      data: environment.data,
      beats: () => [...beats.values()],
      configVersion: () => hub.version,
      spanCount: () => queries.spanCount(),
    }),
  }
  /** What APIs of other tools need that take files too. */
  const clientRooms = {
    sql,
    events,
    queries,
    blobs: stores.blobs,
    version: VERSION,
    publicUrl: environment.publicUrl,
    maxMediaBytes: () => config().limits.maxBodyBytes,
    keepsContent: (id: string) => (config().projects[id] ?? config().base).capture.content,
  }
  const server = createCoreServer({
    handlers: markingChanges(unmarked, { markers, log }),
    foreign: [
      langfuseApi({
        ...clientRooms,
        linkSecret: masterKey,
        projectName: (id) => access.projectName(id),
        writePrompts: prompts.write,
        handlers: unmarked,
      }),
      langsmithApi({ sql, events, queries, writePrompts: prompts.write, handlers: unmarked }),
      opikApi(clientRooms),
    ],
    internal,
    live,
    playground: {
      call: createPlaygroundCalls({ url: gatewayUrl, secretFor: playgroundKeys.secretFor }),
      maxBodyBytes: () => config().limits.maxBodyBytes,
    },
    log,
    clusterToken,
    callerOfKey: access.callerOfKey,
    accountOfSession: access.accountOfSession,
    csrfTokenOf: access.csrfTokenOf,
    roleIn: access.roleIn,
    version: VERSION,
    publicUrl: environment.publicUrl,
    configSchema: configJsonSchema(),
    webFolder: webFolder(),
  })
  await listen(server, supervised ? { path: where.socket } : { host: environment.host, port: environment.port })

  configFile.watch()
  void placer.resume().catch((error: unknown) => log.warn({ err: error }, 'scores that wait for their span could not be read'))
  retention.start()
  implicitFeedback.start()
  repricings.start()
  const reaper = createReaper({ events, price: priceOf })
  const clock = createClockWork(log)
  promptRooms.start(clock)
  const foreignRuns = createRunFollower({ sql, events, handlers: unmarked, log })
  clock.every(3_000, foreignRuns.look, 'runs of other tools could not be looked through')
  experiments.start(clock)
  clock.every(MINUTE, reviews.writeScores, 'what reviewers decided could not be written as scores')
  clock.every(MINUTE, filling.follow, 'rules of datasets could not be followed')
  clock.every(HOUR, () => pruneAppliedBatches(sql), 'old batch ids could not be forgotten')
  clock.every(
    HOUR,
    () => reconcileAll({ sql, events, projectIds: () => access.projectIds(), log }),
    'ledger and spans could not be compared',
  )
  clock.every(MINUTE, () => batches.run(() => reaper.reap(Date.now() * 1000)), 'spans that nothing is heard of could not be looked for')
  clock.every(
    MINUTE,
    () => indexWaitingWords(events, { olderThanSeconds: 60 }),
    'words that wait could not be indexed; they are found all the same, only slower',
  )

  if (supervised) await greet(environment, access)
  log.info({ sql: sql.engine, events: events.engine }, 'the core is ready')

  let stopping = false
  process.on('SIGTERM', async () => {
    if (stopping) return
    stopping = true
    configFile.close()
    keySources.close()
    clock.stop()
    await placer.stop()
    retention.stop()
    await implicitFeedback.stop()
    await deletions.stop()
    await repricings.stop()
    await promptRooms.stop()
    await experiments.stop()
    await evaluators.stop()
    await reviews.writeScores()
    hub.close()
    server.close()
    server.closeIdleConnections()
    // What was begun is finished; the edge sends anything later again.
    await batches.run(async () => {})
    await closeStores(stores)
    process.exit(0)
  })
}

type Access = ReturnType<typeof createAccess>

/** Tells the supervisor that the core is ready, with what a first start has to show once. */
async function greet(environment: Environment, access: Access): Promise<void> {
  const firstKey = environment.bootstrap ? null : await access.firstKey()
  const token = await access.firstLoginToken()
  if (token) process.send?.({ type: 'login-link', url: `${environment.publicUrl}/login?token=${token}` })
  if (firstKey) process.send?.({ type: 'first-key', secretKey: firstKey })
  process.send?.({ type: 'ready' })
}

/** Where our own edge answers on this machine. */
function localUrl({ host, port }: Environment): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function pricings(config: () => LoadedConfig): (projectId: string) => Pricing {
  const pricingOf = oncePer((project: LoadedConfig['base']) => createPricing(project.prices))
  return (projectId) => pricingOf(config().projects[projectId] ?? config().base)
}

function listen(server: Server, where: { path: string } | { host: string; port: number }): Promise<void> {
  if ('path' in where) rmSync(where.path, { force: true })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, resolve)
  })
}

/** The built pages. In the bundle, too, this file stands where it would be from the sources: see scripts/lib/keep-places.mjs. */
const webFolder = (): string => fileURLToPath(new URL('../../../web/dist', import.meta.url))
