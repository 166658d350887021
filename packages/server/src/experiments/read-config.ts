import { EvalFile } from '@signalbox/schema/experiment'
import { explain } from '../lib/yaml/explain.ts'
import { refusal } from '../lib/yaml/refusal.ts'
import { readYaml } from '../lib/yaml/yaml.ts'

/** Reads `signalbox.eval.yaml`. Throws one `invalid-request` with every problem, its line and the nearest known name. */
export function parseEvalFile(
  text: string,
  { name, variables }: { name: string; variables: Record<string, string | undefined> },
): EvalFile {
  const file = readYaml(text, variables)
  if (file.problems.length > 0) throw refusal(name, file.problems)
  const parsed = EvalFile.safeParse(file.value)
  if (parsed.success) return parsed.data
  throw refusal(name, explain(parsed.error.issues, file, EvalFile))
}
