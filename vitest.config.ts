import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest begins first, or one worker has the last minutes for itself: whole programs, then the rest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification) => (moduleId.includes('/tests/') ? 1 : 0)
    return (await super.sort(files)).toSorted((one, other) => weight(other) - weight(one))
  }
}

const BROWSER = 'tests/browser/**/*.test.ts'
/** No process, no engine and no variable of the process: they share their workers, so that none is started for each file. */
const PURE = [
  'packages/{schema,sdk,web}/src/**/*.test.{ts,tsx}',
  'packages/server/src/{evaluators,lib,pricing,providers,statistics}/**/*.test.ts',
  'packages/server/src/prompts/{files,import}/**/*.test.ts',
  'packages/server/src/gateway/**/!(handlers).test.ts',
  'packages/server/src/tracing/ingest/**/*.test.ts',
]
const NEVER = ['**/node_modules/**', 'tests/clients/**', 'tests/soak/**']

/** Groups run one after the other: three browsers on two cores keep each other waiting, while programs that wait for their disks do not. */
const project = (
  name: string,
  groupOrder: number,
  maxWorkers: number,
  options: { include: string[]; exclude?: string[]; isolate?: boolean },
) => ({
  extends: true as const,
  test: { name, sequence: { groupOrder }, maxWorkers, ...options, exclude: [...NEVER, ...(options.exclude ?? [])] },
})

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    // What is not true yet is waited for, however busy the machine is: that costs nothing where all is well.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // Their packages hold sources under the condition by which ours are found: not for Node to run.
    server: { deps: { inline: [/@modelcontextprotocol\/client/, /eventsource/] } },
    sequence: { sequencer: LongestFirst },
    projects: [
      project('browser', 0, 2, { include: [BROWSER] }),
      project('programs', 1, 3, {
        include: ['packages/*/src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
        exclude: [BROWSER, ...PURE],
      }),
      project('pure', 2, 2, { include: PURE, isolate: false }),
    ],
  },
})
