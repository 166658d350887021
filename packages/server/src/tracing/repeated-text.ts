/**
 * A span often carries its messages as an attribute, and so would be stored twice: as input or output, and among the raw
 * attributes. There a reference stands in its place; whoever reads the attributes gets the text back, so nothing is lost.
 */
type Texts = { input: string; output: string }

const SHORTEST = 64
const referenceTo = (name: keyof Texts): string => `{"$signalbox":"${name}"}`

/** In the JSON of attributes, the first value that is exactly the input, and that which is the output, become references. */
export function referToTexts(json: string, texts: Texts): string {
  return refer(refer(json, 'input', texts.input), 'output', texts.output)
}

function refer(json: string, name: keyof Texts, text: string): string {
  if (text.length < SHORTEST) return json
  const quoted = `:${JSON.stringify(text)}`
  const at = json.indexOf(quoted)
  if (at === -1) return json
  return `${json.slice(0, at + 1)}${referenceTo(name)}${json.slice(at + quoted.length)}`
}

/** The attributes as they were sent: the references replaced by what they stand for. */
export function resolveTexts(json: string, texts: Texts): string {
  let resolved = json
  for (const name of ['input', 'output'] as const) {
    const reference = `:${referenceTo(name)}`
    const at = resolved.indexOf(reference)
    if (at !== -1) resolved = `${resolved.slice(0, at + 1)}${JSON.stringify(texts[name])}${resolved.slice(at + reference.length)}`
  }
  return resolved
}
