import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest begins first, or one worker has the last minutes for itself: browsers, then whole programs, then the rest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification) => (moduleId.includes('/tests/browser/') ? 2 : moduleId.includes('/tests/') ? 1 : 0)
    return (await super.sort(files)).toSorted((one, other) => weight(other) - weight(one))
  }
}

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'tests/clients/**', 'tests/soak/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
    // Their packages hold sources under the condition by which ours are found: not for Node to run.
    server: { deps: { inline: [/@modelcontextprotocol\/client/, /eventsource/] } },
    sequence: { sequencer: LongestFirst },
  },
})
