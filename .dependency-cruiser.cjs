/** Which room may know which. Absent = forbidden. Read downwards: no arrow points up, so there are no cycles. */
const ARROWS = {
  lib: [],
  statistics: [],
  evaluators: ['lib', 'statistics', 'store/ports'],
  experiments: ['lib', 'statistics', 'evaluators', 'store/ports', 'datasets', 'prompts'],
  guardrails: ['lib', 'statistics', 'evaluators'],
  store: ['lib', 'environment'],
  config: ['lib', 'store/ports', 'environment', 'providers/catalog', 'providers/kinds', 'providers/settings'],
  providers: ['lib'],
  pricing: ['lib'],
  governance: ['lib', 'store/ports'],
  tracing: ['lib', 'store/ports', 'pricing'],
  dashboards: ['lib', 'store/ports'],
  datasets: ['lib', 'store/ports'],
  reviews: ['lib', 'store/ports', 'statistics'],
  prompts: ['lib', 'store/ports'],
  demo: ['lib', 'store/ports'],
  compat: ['lib', 'store/ports', 'tracing', 'prompts'],
  monitoring: ['lib', 'store/ports'],
  gateway: ['lib', 'store/ports', 'providers/spec', 'governance', 'tracing', 'pricing'],
  mcp: ['lib'],
  http: ['lib', 'store/ports', 'gateway', 'governance', 'tracing', 'mcp', 'environment'],
  cli: [
    'lib',
    'app',
    'environment',
    'statistics',
    'evaluators',
    'guardrails',
    'experiments',
    'prompts/files',
    'prompts/import',
    'prompts/diff',
  ],
}
const SERVER = '^packages/server/src'
const TEST = '\\.(test|case)\\.tsx?$'

const rooms = Object.entries(ARROWS).map(([room, may]) => ({
  name: `arrows-of-${room}`,
  severity: 'error',
  comment: `${room} may import itself, the schema${may.map((name) => `, ${name}`).join('')}.`,
  from: { path: `${SERVER}/${room}/`, pathNot: TEST },
  to: { path: SERVER, pathNot: `${SERVER}/(${[room, ...may].join('|')})(/|\\.)` },
}))

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'schema-is-zod-only',
      severity: 'error',
      from: { path: '^packages/schema/src', pathNot: TEST },
      to: { pathNot: '^packages/schema/|(^|/)node_modules/zod/' },
    },
    {
      name: 'sdk-is-light',
      severity: 'error',
      comment: 'The client runs in pages. Only tracing needs more, and the file in which prompts are kept.',
      from: {
        path: '^packages/sdk/src',
        pathNot: [TEST, '^packages/sdk/src/(tracing|templates|evaluate)/', '^packages/sdk/src/prompts/node\\.ts$'],
      },
      to: { pathNot: '^packages/(sdk|schema)/|(^|/)node_modules/zod/' },
    },
    {
      name: 'only-tracing-traces',
      severity: 'error',
      comment: 'Who imports the client or the feedback of the SDK gets nothing of OpenTelemetry.',
      from: { path: '^packages/sdk/src', pathNot: '^packages/sdk/src/tracing/' },
      to: { path: '^packages/sdk/src/tracing/' },
    },
    {
      name: 'evaluate-has-the-statistics-of-the-server',
      severity: 'error',
      comment: 'Its results are those of `signalbox eval` because they are worked out by the same files; those that run calls stay away.',
      from: { path: '^packages/sdk/src/evaluate/', pathNot: TEST },
      to: {
        pathNot:
          '^packages/(sdk|schema)/|^packages/server/src/(evaluators/(outcome|code/read-result)|experiments/(baseline|plan|verdict|data/cases|report/(build|table|words)|run/(frames|journal|lines-of)))\\.ts$|(^|/)node_modules/zod/',
      },
    },
    {
      name: 'feedback-is-tiny',
      severity: 'error',
      from: { path: '^packages/sdk/src/feedback/' },
      to: { pathNot: '^packages/sdk/src/feedback/' },
    },
    {
      name: 'templates-are-pure',
      severity: 'error',
      comment: 'They run in the gateway, in apps and in pages, and may take nothing along; of the schema they know types alone.',
      from: { path: '^packages/sdk/src/templates/', pathNot: TEST },
      to: { pathNot: '^packages/sdk/src/templates/|(^|/)node_modules/liquidjs/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tracing-is-thin',
      severity: 'error',
      from: { path: '^packages/sdk/src/tracing/', pathNot: TEST },
      to: { pathNot: '^packages/sdk/src/|(^|/)node_modules/@opentelemetry/|^async_hooks$|^node:async_hooks$' },
    },
    {
      name: 'web-talks-http',
      severity: 'error',
      comment: 'The UI reaches the server through the SDK, like anyone else.',
      from: { path: '^packages/web' },
      to: { path: '^packages/server' },
    },
    {
      name: 'only-app-picks-backends',
      severity: 'error',
      from: { path: SERVER, pathNot: `${SERVER}/(app|cli|store)/|${SERVER}/main\\.ts|${TEST}` },
      to: { path: `${SERVER}/store/(?!ports)` },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'types', 'default'] },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|/node_modules/' },
  },
}
