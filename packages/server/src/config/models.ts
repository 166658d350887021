import type { PriceEntry, SnapshotProject } from '@signalbox/schema'

/** Models of the built-in simulator. They are there in every project, without a file and without a key. */
export const BUILT_IN_MODELS = ['simulator/echo', 'simulator/script', 'simulator/faults'] as const

export const isBuiltIn = (name: string): boolean => (BUILT_IN_MODELS as readonly string[]).includes(name)

/** The built-in models as entries of a project, each going to its provider. */
export const builtInModels = (): SnapshotProject['models'] =>
  Object.fromEntries(
    BUILT_IN_MODELS.map((name) => {
      const [provider = '', model = ''] = name.split('/')
      return [name, { strategy: 'fallback', targets: [{ provider, model }] }]
    }),
  )

/** The published price of the simulator for one that the file runs under another name; `simulator` itself is known to pricing. */
export const simulatorPrice = (provider: string): PriceEntry => ({ provider, model: '*', input: 1, output: 2 })
