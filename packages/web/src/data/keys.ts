/** The names under which answers are kept. What hangs below `spans` is read again when new spans arrive. */
export const keys = {
  spans: (project: string) => ['project', project, 'spans'] as const,
  running: (project: string) => [...keys.spans(project), 'running'] as const,
  /** Kept apart: the list merges new rows itself, to hold its place. */
  traceList: (project: string) => ['project', project, 'trace-list'] as const,
  /** Kept apart: one that is long over need not be read again for every new call. */
  trace: (project: string, traceId: string) => ['project', project, 'trace', traceId] as const,
  views: (project: string) => ['project', project, 'views'] as const,
  config: (project: string) => ['project', project, 'config'] as const,
  prompts: (project: string) => ['project', project, 'prompts'] as const,
  system: ['system'] as const,
}
