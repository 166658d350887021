import { AppError } from '@signalbox/schema/errors'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { readResult } from './read-result.ts'
import { Sandbox } from './sandbox.ts'

export const code = evaluator({
  id: 'code',
  title: 'Code of your own, in a sandbox without network, files and processes',
  kind: 'code',
  scale: 'raw',
  higherIsBetter: true,
  needs: [],
  deterministic: false,
  costed: false,
  revision: 1,
  params: z.strictObject({
    source: z.string().min(1).max(200_000).meta({
      description:
        'TypeScript or JavaScript that exports a function (row, config) => number | boolean | null | { score, pass, reason, sub }, or that function alone.',
    }),
    config: z.unknown().optional().meta({ description: 'Handed to the function beside the row.' }),
    timeoutMs: z.int().min(10).max(30_000).default(1_000).meta({ description: 'For each row.' }),
    memoryMb: z.int().min(1).max(256).default(32),
  }),
  async prepare({ source, config, timeoutMs, memoryMb }) {
    const sandbox = new Sandbox(source, { timeoutMs, memoryMb, outputCharacters: 64_000, logCharacters: 4_000 })
    await sandbox.start().catch((cause: Error) => {
      throw new AppError('invalid-request', cause.message, {
        cause,
        hint: 'Types are taken off, nothing is compiled: no enums, namespaces or decorators, and no imports.',
      })
    })
    return {
      async evaluate(row) {
        const { result, logs } = await sandbox.run(row, config)
        const outcome = readResult(result)
        return logs.length > 0 ? { ...outcome, sub: { ...outcome.sub, logs } } : outcome
      },
      close: () => sandbox.close(),
    }
  },
})
