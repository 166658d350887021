import type { Input } from '@signalbox/sdk'

/** What the copilot asks for by name. Both lead to the built-in simulator: the demo needs no provider and no key. */
export const DEMO_ALIASES: readonly Input<'models.create'>[] = [
  {
    // The first model has a second to begin; then the other one answers.
    name: 'kestrel-support',
    targets: [
      { provider: 'simulator', model: 'faults@strong' },
      { provider: 'simulator', model: 'faults@quick' },
    ],
    timeouts: { firstTokenMs: 1000 },
    retries: { attempts: 0 },
  },
  { name: 'kestrel-faq', targets: [{ provider: 'simulator', model: 'script' }], cache: { mode: 'exact', ttlSeconds: 3600 } },
]
