import type { Demo } from './load.ts'

/** What was written, and where to look first, for the terminal. `loginLink` where a server was started for it. */
export function whatToSee(
  { days, traces, startedAt, worthSeeing }: Demo,
  { publicUrl, project, loginLink }: { publicUrl: string; project: string; loginLink?: string | undefined },
): string {
  const width = Math.max(...worthSeeing.map(({ title }) => title.length))
  return [
    '',
    `Support copilot of an outdoor shop: ${traces.toLocaleString('en-US')} traces of ${days} days until ${startedAt}.`,
    '',
    ...(loginLink ? ['Log in (this link works once):', `  ${loginLink}`] : [`Open ${publicUrl}`]),
    '',
    'What to look at:',
    ...worthSeeing.map(({ title, path }) => `  ${title.padEnd(width)}  ${publicUrl}/p/${project}${path}`),
    '',
  ].join('\n')
}
