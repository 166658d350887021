const GENERATION = /gemini-(\d+)(?:\.(\d+))?/

function generationOf(model: string): number | undefined {
  const found = GENERATION.exec(model)
  return found ? Number(found[1]) + Number(found[2] ?? 0) / 10 : undefined
}

/** Gemini 3 and later: thinking levels, signatures that are checked, media inside of function responses. */
export const takesLevels = (model: string): boolean => (generationOf(model) ?? 0) >= 3

/** Models that refuse a `thinkingConfig`. */
export const isBeforeThinking = (model: string): boolean => (generationOf(model) ?? 2.5) < 2.5 || model.includes('gemma')

/** The name of a model without the collection it stands in. */
export const bareModel = (model: string): string => (model.startsWith('models/') ? model.slice('models/'.length) : model)
