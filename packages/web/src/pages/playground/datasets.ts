import { queryOptions } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'

/** The names of all datasets of a project that are in use. */
export const datasetNamesQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'dataset-names'],
    queryFn: async ({ signal }) => (await clientFor(project).datasets.list({ limit: 500 }, { signal })).datasets.map(({ name }) => name),
  })
