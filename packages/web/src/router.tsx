import { AppError } from '@signalbox/sdk'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { dashboardQuery } from './data/dashboards.ts'
import { overviewQuery } from './data/overview.ts'
import { readPreference, writePreference } from './data/preferences.ts'
import { startedQuery, traceQuery } from './data/queries.ts'
import { onLoggedOut, queryClient } from './data/query-client.ts'
import { sessionQuery } from './data/session.ts'
import { viewOf } from './data/view.ts'
import { RouteError } from './shell/route-error.tsx'
import { RouteMissing } from './shell/route-missing.tsx'
import { RoutePending } from './shell/route-pending.tsx'

/** Every search value is text: an id of digits only must never become a number. */
type Text = string | undefined
type ViewSearch = { range?: Text; from?: Text; to?: Text; env?: Text }
type SpanSearch = { span?: Text; as?: Text; group?: Text; edges?: Text }
type TracesSearch = SpanSearch & { filter?: Text; search?: Text; in?: Text; trace?: Text; columns?: Text; sort?: Text; saved?: Text }
type SessionSearch = { find?: Text; turn?: Text }
type UsersSearch = { filter?: Text; search?: Text; in?: Text; columns?: Text; sort?: Text }
type SessionsSearch = SessionSearch & UsersSearch & { session?: Text }
type AliasSearch = { alias?: Text; wide?: Text; find?: Text }
type SimulateSearch = { model?: Text; text?: Text; user?: Text; metadata?: Text; headers?: Text }
type DryRunSearch = { model?: Text; strategy?: Text; threshold?: Text; tiers?: Text; show?: Text }
type SplitSearch = { split?: Text; wide?: Text }
type BudgetSearch = { budget?: Text; wide?: Text }
type PrivacySearch = { user?: Text; session?: Text; trace?: Text; receipt?: Text; wide?: Text }
type PricesSearch = { repricing?: Text; wide?: Text }
type IngestSearch = { sender?: Text; wide?: Text }
type CompareSearch = { a?: Text; b?: Text; pair?: Text; only?: Text }
type DashboardSearch = { vars?: Text; panel?: Text; edit?: Text }
type PromptsSearch = { tab?: Text; folder?: Text; search?: Text; label?: Text; tag?: Text; archived?: Text }
type PromptSearch = { version?: Text; tab?: Text; a?: Text; b?: Text; measure?: Text }
type PlaygroundSearch = { s?: Text; saved?: Text; trace?: Text; span?: Text; prompt?: Text; version?: Text; technique?: Text }
type ExperimentsSearch = { tab?: Text; search?: Text; name?: Text; dataset?: Text; prompt?: Text; state?: Text; metric?: Text }
type NewExperimentSearch = { from?: Text; dataset?: Text; split?: Text; prompt?: Text; version?: Text; against?: Text }
type ExperimentSearch = {
  tab?: Text
  variant?: Text
  baseline?: Text
  against?: Text
  metric?: Text
  show?: Text
  find?: Text
  all?: Text
  item?: Text
  as?: Text
  wide?: Text
}
type DatasetsSearch = { folder?: Text; search?: Text; archived?: Text }
type DatasetSearch = { tab?: Text; version?: Text; split?: Text; tag?: Text; search?: Text; item?: Text; alike?: Text }
type EvaluatorsSearch = { search?: Text; group?: Text; archived?: Text }
type ReviewSearch = { tab?: Text; state?: Text; item?: Text; wide?: Text; version?: Text; measure?: Text }
type LiveSearch = SpanSearch & { filter?: Text; search?: Text; trace?: Text; wide?: Text }
const pick =
  <K extends string>(...names: K[]) =>
  (search: Record<string, unknown>): { [N in K]?: Text } =>
    Object.fromEntries(names.flatMap((name) => (search[name] ? [[name, String(search[name])]] : []))) as { [N in K]?: Text }

const root = createRootRoute({ component: Outlet, notFoundComponent: RouteMissing })

const loginRoute = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: pick('token', 'to'),
  component: lazyRouteComponent(() => import('./pages/login/login-page.tsx'), 'LoginPage'),
})

const joinRoute = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: pick('token', 'reset'),
  component: lazyRouteComponent(() => import('./pages/join/join-page.tsx'), 'JoinPage'),
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async () => {
    const { projects } = await loggedIn('/')
    const last = readPreference('project', '')
    const project = (projects.find(({ id }) => id === last) ?? projects[0])?.id
    if (project === undefined) throw new AppError('not-found', 'This account has no project', { hint: 'Ask for an invitation to one.' })
    const started = await queryClient.ensureQueryData(startedQuery(project)).catch(() => true)
    throw redirect({ to: started ? '/p/$project/overview' : '/p/$project/getting-started', params: { project }, replace: true })
  },
})

const project = createRoute({
  getParentRoute: () => root,
  path: '/p/$project',
  validateSearch: (search: Record<string, unknown>): ViewSearch => pick('range', 'from', 'to', 'env')(search),
  search: { middlewares: [retainSearchParams(['range', 'from', 'to', 'env'])] },
  beforeLoad: async ({ params, location }) => {
    const { projects } = await loggedIn(location.href)
    if (!projects.some(({ id }) => id === params.project)) {
      throw new AppError('not-found', `There is no project "${params.project}"`, {
        hint: 'Choose another project. It may have been removed, or you are not in it any more.',
      })
    }
    writePreference('project', params.project)
  },
  component: lazyRouteComponent(() => import('./shell/shell.tsx'), 'Shell'),
})

const page = { getParentRoute: () => project } as const
const projectHome = createRoute({
  ...page,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/p/$project/overview', params, replace: true })
  },
})
const gettingStarted = createRoute({
  ...page,
  path: 'getting-started',
  component: lazyRouteComponent(() => import('./pages/getting-started/getting-started-page.tsx'), 'GettingStartedPage'),
})
const overview = createRoute({
  ...page,
  path: 'overview',
  // Asked for while the code of the page is still on its way.
  loaderDeps: ({ search: { range, from, to, env } }) => ({ range, from, to, env }),
  loader: ({ params: { project: id }, deps }) => void queryClient.prefetchQuery(overviewQuery(viewOf(id, deps))),
  component: lazyRouteComponent(() => import('./pages/overview/overview-page.tsx'), 'OverviewPage'),
})
const traces = createRoute({
  ...page,
  path: 'traces',
  validateSearch: (search: Record<string, unknown>): TracesSearch =>
    pick('filter', 'search', 'in', 'trace', 'span', 'as', 'group', 'edges', 'columns', 'sort', 'saved')(search),
  component: lazyRouteComponent(() => import('./pages/traces/traces-page.tsx'), 'TracesPage'),
})
const trace = createRoute({
  ...page,
  path: 'traces/$traceId',
  validateSearch: (search: Record<string, unknown>): SpanSearch => pick('span', 'as', 'group', 'edges')(search),
  // Asked for while the code of the page is still on its way; the page shows what comes of it.
  loader: ({ params }) => void queryClient.prefetchQuery(traceQuery(params.project, params.traceId)),
  component: lazyRouteComponent(() => import('./pages/trace/trace-page.tsx'), 'TracePage'),
})
const compare = createRoute({
  ...page,
  path: 'compare',
  validateSearch: (search: Record<string, unknown>): CompareSearch => pick('a', 'b', 'pair', 'only')(search),
  component: lazyRouteComponent(() => import('./pages/compare/compare-page.tsx'), 'ComparePage'),
})
const sessions = createRoute({
  ...page,
  path: 'sessions',
  validateSearch: (search: Record<string, unknown>): SessionsSearch =>
    pick('filter', 'search', 'in', 'columns', 'sort', 'session', 'find', 'turn')(search),
  component: lazyRouteComponent(() => import('./pages/sessions/sessions-page.tsx'), 'SessionsPage'),
})
const session = createRoute({
  ...page,
  path: 'sessions/$sessionId',
  validateSearch: (search: Record<string, unknown>): SessionSearch => pick('find', 'turn')(search),
  component: lazyRouteComponent(() => import('./pages/sessions/session-page.tsx'), 'SessionPage'),
})
const users = createRoute({
  ...page,
  path: 'users',
  validateSearch: (search: Record<string, unknown>): UsersSearch => pick('filter', 'search', 'in', 'columns', 'sort')(search),
  component: lazyRouteComponent(() => import('./pages/users/users-page.tsx'), 'UsersPage'),
})
const user = createRoute({
  ...page,
  path: 'users/$userId',
  component: lazyRouteComponent(() => import('./pages/users/user-page.tsx'), 'UserPage'),
})
const dashboards = createRoute({
  ...page,
  path: 'dashboards',
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboards-page.tsx'), 'DashboardsPage'),
})
const dashboard = createRoute({
  ...page,
  path: 'dashboards/$dashboard',
  validateSearch: (search: Record<string, unknown>): DashboardSearch => pick('vars', 'panel', 'edit')(search),
  // Asked for while the code of the page is still on its way; the page shows what comes of it.
  loader: ({ params }) => void queryClient.prefetchQuery(dashboardQuery(params.project, params.dashboard)),
  component: lazyRouteComponent(() => import('./pages/dashboards/dashboard-page.tsx'), 'DashboardPage'),
})
const prompts = createRoute({ ...page, path: 'prompts' })
const ofPrompts = { getParentRoute: () => prompts } as const
const promptList = createRoute({
  ...ofPrompts,
  path: '/',
  validateSearch: (search: Record<string, unknown>): PromptsSearch => pick('tab', 'folder', 'search', 'label', 'tag', 'archived')(search),
  component: lazyRouteComponent(() => import('./pages/prompts/prompts-page.tsx'), 'PromptsPage'),
})
const newPrompt = createRoute({
  ...ofPrompts,
  path: 'new',
  validateSearch: (search: Record<string, unknown>): { folder?: Text } => pick('folder')(search),
  component: lazyRouteComponent(() => import('./pages/prompts/new-prompt-page.tsx'), 'NewPromptPage'),
})
// The names of prompts have folders in them.
const prompt = createRoute({
  ...ofPrompts,
  path: '$',
  validateSearch: (search: Record<string, unknown>): PromptSearch => pick('version', 'tab', 'a', 'b', 'measure')(search),
  component: lazyRouteComponent(() => import('./pages/prompts/prompt-page.tsx'), 'PromptPage'),
})
const playground = createRoute({
  ...page,
  path: 'playground',
  validateSearch: (search: Record<string, unknown>): PlaygroundSearch =>
    pick('s', 'saved', 'trace', 'span', 'prompt', 'version', 'technique')(search),
  component: lazyRouteComponent(() => import('./pages/playground/playground-page.tsx'), 'PlaygroundPage'),
})
const experiments = createRoute({ ...page, path: 'experiments' })
const ofExperiments = { getParentRoute: () => experiments } as const
const experimentList = createRoute({
  ...ofExperiments,
  path: '/',
  validateSearch: (search: Record<string, unknown>): ExperimentsSearch =>
    pick('tab', 'search', 'name', 'dataset', 'prompt', 'state', 'metric')(search),
  component: lazyRouteComponent(() => import('./pages/experiments/experiments-page.tsx'), 'ExperimentsPage'),
})
const newExperiment = createRoute({
  ...ofExperiments,
  path: 'new',
  validateSearch: (search: Record<string, unknown>): NewExperimentSearch =>
    pick('from', 'dataset', 'split', 'prompt', 'version', 'against')(search),
  component: lazyRouteComponent(() => import('./pages/experiments/new/new-experiment-page.tsx'), 'NewExperimentPage'),
})
const experiment = createRoute({
  ...ofExperiments,
  path: '$id',
  validateSearch: (search: Record<string, unknown>): ExperimentSearch =>
    pick('tab', 'variant', 'baseline', 'against', 'metric', 'show', 'find', 'all', 'item', 'as', 'wide')(search),
  component: lazyRouteComponent(() => import('./pages/experiments/run/experiment-page.tsx'), 'ExperimentPage'),
})
const datasets = createRoute({ ...page, path: 'datasets' })
const ofDatasets = { getParentRoute: () => datasets } as const
const datasetList = createRoute({
  ...ofDatasets,
  path: '/',
  validateSearch: (search: Record<string, unknown>): DatasetsSearch => pick('folder', 'search', 'archived')(search),
  component: lazyRouteComponent(() => import('./pages/datasets/list/datasets-page.tsx'), 'DatasetsPage'),
})
// The names of datasets have folders in them.
const dataset = createRoute({
  ...ofDatasets,
  path: '$',
  validateSearch: (search: Record<string, unknown>): DatasetSearch =>
    pick('tab', 'version', 'split', 'tag', 'search', 'item', 'alike')(search),
  component: lazyRouteComponent(() => import('./pages/datasets/dataset-page.tsx'), 'DatasetPage'),
})
const evaluators = createRoute({ ...page, path: 'evaluators' })
const ofEvaluators = { getParentRoute: () => evaluators } as const
const evaluatorList = createRoute({
  ...ofEvaluators,
  path: '/',
  validateSearch: (search: Record<string, unknown>): EvaluatorsSearch => pick('search', 'group', 'archived')(search),
  component: lazyRouteComponent(() => import('./pages/evaluators/evaluators-page.tsx'), 'EvaluatorsPage'),
})
const newEvaluator = createRoute({
  ...ofEvaluators,
  path: 'new',
  validateSearch: (search: Record<string, unknown>): { evaluator?: Text } => pick('evaluator')(search),
  component: lazyRouteComponent(() => import('./pages/evaluators/evaluator-page.tsx'), 'NewEvaluatorPage'),
})
const evaluator = createRoute({
  ...ofEvaluators,
  path: '$',
  validateSearch: (search: Record<string, unknown>): { version?: Text } => pick('version')(search),
  component: lazyRouteComponent(() => import('./pages/evaluators/evaluator-page.tsx'), 'EvaluatorPage'),
})
const reviews = createRoute({ ...page, path: 'reviews' })
const ofReviews = { getParentRoute: () => reviews } as const
const reviewList = createRoute({
  ...ofReviews,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/reviews/reviews-page.tsx'), 'ReviewsPage'),
})
const reviewQueue = createRoute({
  ...ofReviews,
  path: '$queueId',
  validateSearch: (search: Record<string, unknown>): ReviewSearch => pick('tab', 'state', 'item', 'wide', 'version', 'measure')(search),
  component: lazyRouteComponent(() => import('./pages/reviews/queue-page.tsx'), 'ReviewQueuePage'),
})
const reviewWork = createRoute({
  ...ofReviews,
  path: '$queueId/work',
  component: lazyRouteComponent(() => import('./pages/reviews/work-page.tsx'), 'WorkPage'),
})
const keysAndBudgets = createRoute({
  ...page,
  path: 'keys',
  component: lazyRouteComponent(() => import('./pages/budgets/keys-and-budgets.tsx'), 'KeysAndBudgets'),
})
const keysRoute = createRoute({
  getParentRoute: () => keysAndBudgets,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/keys/keys-page.tsx'), 'KeysPage'),
})
const budgets = createRoute({
  getParentRoute: () => keysAndBudgets,
  path: 'budgets',
  validateSearch: (search: Record<string, unknown>): BudgetSearch => pick('budget', 'wide')(search),
  component: lazyRouteComponent(() => import('./pages/budgets/budgets-page.tsx'), 'BudgetsPage'),
})
const providers = createRoute({
  ...page,
  path: 'providers',
  component: lazyRouteComponent(() => import('./pages/providers/providers-page.tsx'), 'ProvidersPage'),
})
const models = createRoute({
  ...page,
  path: 'models',
  component: lazyRouteComponent(() => import('./pages/models/models-layout.tsx'), 'ModelsLayout'),
})
const ofModels = { getParentRoute: () => models } as const
const aliases = createRoute({
  ...ofModels,
  path: '/',
  validateSearch: (search: Record<string, unknown>): AliasSearch => pick('alias', 'wide', 'find')(search),
  component: lazyRouteComponent(() => import('./pages/models/models-page.tsx'), 'ModelsPage'),
})
const simulate = createRoute({
  ...ofModels,
  path: 'simulate',
  validateSearch: (search: Record<string, unknown>): SimulateSearch => pick('model', 'text', 'user', 'metadata', 'headers')(search),
  component: lazyRouteComponent(() => import('./pages/models/simulate-page.tsx'), 'SimulatePage'),
})
const dryRun = createRoute({
  ...ofModels,
  path: 'dry-run',
  validateSearch: (search: Record<string, unknown>): DryRunSearch => pick('model', 'strategy', 'threshold', 'tiers', 'show')(search),
  component: lazyRouteComponent(() => import('./pages/models/dry-run-page.tsx'), 'DryRunPage'),
})
const prices = createRoute({
  ...ofModels,
  path: 'prices',
  validateSearch: (search: Record<string, unknown>): PricesSearch => pick('repricing', 'wide')(search),
  component: lazyRouteComponent(() => import('./pages/repricing/prices-page.tsx'), 'PricesPage'),
})
const splits = createRoute({
  ...page,
  path: 'splits',
  validateSearch: (search: Record<string, unknown>): SplitSearch => pick('split', 'wide')(search),
  component: lazyRouteComponent(() => import('./pages/splits/splits-page.tsx'), 'SplitsPage'),
})
const live = createRoute({
  ...page,
  path: 'live',
  validateSearch: (search: Record<string, unknown>): LiveSearch =>
    pick('filter', 'search', 'trace', 'span', 'as', 'group', 'edges', 'wide')(search),
  component: lazyRouteComponent(() => import('./pages/live/live-page.tsx'), 'LivePage'),
})
const ingest = createRoute({
  ...page,
  path: 'ingest',
  validateSearch: (search: Record<string, unknown>): IngestSearch => pick('sender', 'wide')(search),
  component: lazyRouteComponent(() => import('./pages/ingest/ingest-page.tsx'), 'IngestPage'),
})
const access = createRoute({
  ...page,
  path: 'access',
  component: lazyRouteComponent(() => import('./pages/access/access-page.tsx'), 'AccessPage'),
})
const privacy = createRoute({
  ...page,
  path: 'privacy',
  validateSearch: (search: Record<string, unknown>): PrivacySearch => pick('user', 'session', 'trace', 'receipt', 'wide')(search),
  component: lazyRouteComponent(() => import('./pages/privacy/privacy-page.tsx'), 'PrivacyPage'),
})
const cache = createRoute({
  ...page,
  path: 'cache',
  component: lazyRouteComponent(() => import('./pages/cache/cache-page.tsx'), 'CachePage'),
})
const settings = createRoute({
  ...page,
  path: 'settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
})

const routeTree = root.addChildren([
  loginRoute,
  joinRoute,
  home,
  project.addChildren([
    projectHome,
    gettingStarted,
    overview,
    traces,
    trace,
    compare,
    sessions,
    session,
    users,
    user,
    dashboards,
    dashboard,
    prompts.addChildren([promptList, newPrompt, prompt]),
    playground,
    experiments.addChildren([experimentList, newExperiment, experiment]),
    datasets.addChildren([datasetList, dataset]),
    evaluators.addChildren([evaluatorList, newEvaluator, evaluator]),
    reviews.addChildren([reviewList, reviewQueue, reviewWork]),
    keysAndBudgets.addChildren([keysRoute, budgets]),
    providers,
    models.addChildren([aliases, simulate, dryRun, prices]),
    splits,
    cache,
    live,
    ingest,
    privacy,
    access,
    settings,
  ]),
])

/** Every page of the interface and its address. */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultPendingComponent: RoutePending,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: RouteMissing,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    const text = new URLSearchParams(given).toString()
    // Left readable where the address allows it: filters are meant to be read and written by people.
    return text && `?${text.replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%3B/g, ';')}`
  },
})

onLoggedOut.current = () => {
  const { pathname, href } = router.state.location
  if (pathname === '/login' || pathname === '/join') return
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey })
  router.navigate({ to: '/login', search: { to: href } })
}

async function loggedIn(to: string) {
  try {
    return await queryClient.ensureQueryData(sessionQuery)
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthenticated') {
      throw redirect({ to: '/login', search: to === '/' ? {} : { to } })
    }
    throw error
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
