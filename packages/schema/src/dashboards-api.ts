import { z } from 'zod'
import { Dashboard, DashboardName } from './dashboard.ts'
import { none, ok, type Route, route } from './route.ts'

const DashboardId = z.string().min(1).max(200)
const shared = z.boolean().meta({ title: 'Shared', description: 'Everybody in the project sees it. Else only who made it does.' })
const version = z.int().min(1)

const about = {
  id: DashboardId,
  from: z.enum(['file', 'project']).meta({ description: 'Those of signalbox.yaml are changed there.' }),
  shared: z.boolean(),
  own: z.boolean().meta({ description: 'Made by who asks.' }),
  mayChange: z.boolean(),
  version: version.meta({ description: 'Goes up by one with every change. Always 1 for those of signalbox.yaml.' }),
  savedBy: z.string().nullable().meta({ description: 'The e-mail of the account that changed it last; null for a key or the file.' }),
  createdAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime().nullable(),
}
export const DashboardRow = z.object({
  ...about,
  name: z.string(),
  description: z.string(),
  panelCount: z.int(),
})
export type DashboardRow = z.output<typeof DashboardRow>
export const ShownDashboard = z.object({
  ...about,
  dashboard: Dashboard,
  problem: z.string().nullable().meta({ description: 'What is stored is not what this version understands; then no panel is shown.' }),
})
export type ShownDashboard = z.output<typeof ShownDashboard>
export const DashboardVersion = z.object({
  version,
  savedAt: z.iso.datetime(),
  savedBy: z.string().nullable(),
  changes: z.array(z.string()).meta({ description: 'What is different from the version before.' }),
})
export type DashboardVersion = z.output<typeof DashboardVersion>

const expectedVersion = version.meta({
  description: 'The version that was read. Where there is a newer one, it is a conflict that says what changed.',
})

/** The rows of the API table about pages of charts that people make. */
export const dashboardsApi = {
  'dashboards.list': route({
    method: 'GET',
    path: '/api/v1/dashboards',
    summary: 'List dashboards: those of signalbox.yaml, shared ones and the own ones, by name',
    access: 'dashboards:read',
    input: none,
    output: z.object({ dashboards: z.array(DashboardRow) }),
  }),
  'dashboards.get': route({
    method: 'GET',
    path: '/api/v1/dashboards/{id}',
    summary: 'One dashboard with its panels',
    access: 'dashboards:read',
    input: z.strictObject({ id: DashboardId }),
    output: ShownDashboard,
  }),
  'dashboards.create': route({
    method: 'POST',
    path: '/api/v1/dashboards',
    summary: 'Make a dashboard',
    access: 'dashboards:write',
    input: z.strictObject({ dashboard: Dashboard, shared: shared.default(true) }),
    output: ShownDashboard,
  }),
  'dashboards.change': route({
    method: 'PATCH',
    path: '/api/v1/dashboards/{id}',
    summary: 'Replace what a dashboard shows, or share it or not',
    access: 'dashboards:write',
    input: z.strictObject({ id: DashboardId, expectedVersion, dashboard: Dashboard.optional(), shared: shared.optional() }),
    output: ShownDashboard,
  }),
  'dashboards.remove': route({
    method: 'DELETE',
    path: '/api/v1/dashboards/{id}',
    summary: 'Delete a dashboard with its history',
    access: 'dashboards:write',
    input: z.object({ id: DashboardId }),
    output: ok,
  }),
  'dashboards.duplicate': route({
    method: 'POST',
    path: '/api/v1/dashboards/{id}/duplicate',
    summary: 'Make a copy that can be changed, also of one of signalbox.yaml',
    access: 'dashboards:write',
    input: z.strictObject({ id: DashboardId, name: DashboardName.optional(), shared: shared.default(true) }),
    output: ShownDashboard,
  }),
  'dashboards.history': route({
    method: 'GET',
    path: '/api/v1/dashboards/{id}/versions',
    summary: 'The last 50 versions of a dashboard, newest first',
    access: 'dashboards:read',
    input: z.strictObject({ id: DashboardId }),
    output: z.object({ versions: z.array(DashboardVersion) }),
  }),
  'dashboards.restore': route({
    method: 'POST',
    path: '/api/v1/dashboards/{id}/restore',
    summary: 'Make an earlier version the newest one',
    access: 'dashboards:write',
    input: z.strictObject({ id: DashboardId, version, expectedVersion }),
    output: ShownDashboard,
  }),
} as const satisfies Record<string, Route>
