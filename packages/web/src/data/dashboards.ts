import { queryOptions } from '@tanstack/react-query'
import { clientFor } from './client.ts'

export const dashboardKeys = {
  all: (project: string) => ['project', project, 'dashboards'] as const,
  one: (project: string, id: string) => ['project', project, 'dashboards', id] as const,
  /** Kept apart from other numbers: a page of many panels is read again at its own pace. */
  panels: (project: string) => ['project', project, 'panels'] as const,
}

export const dashboardsQuery = (project: string) =>
  queryOptions({
    queryKey: [...dashboardKeys.all(project), 'list'],
    queryFn: async ({ signal }) => (await clientFor(project).dashboards.list({}, { signal })).dashboards,
  })

export const dashboardQuery = (project: string, id: string) =>
  queryOptions({
    queryKey: dashboardKeys.one(project, id),
    queryFn: ({ signal }) => clientFor(project).dashboards.get({ id }, { signal }),
  })

export const historyQuery = (project: string, id: string) =>
  queryOptions({
    queryKey: [...dashboardKeys.one(project, id), 'history'],
    queryFn: async ({ signal }) => (await clientFor(project).dashboards.history({ id }, { signal })).versions,
  })
