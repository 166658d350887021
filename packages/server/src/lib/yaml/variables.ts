/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}`; `$${` writes a plain `${`. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_]\w*)(?::(-|\?)([^}\n]*))?\}/g
/** The same, as it stands in the file, for hiding it from the YAML parser. */
const PROTECTED = /\$\{[A-Za-z_]\w*(?::[-?][^}\n]*)?\}/g
/** Private-use characters stand for ASCII ones, one for one, so that lines and columns stay true. */
const PRIVATE = 0xe000

/**
 * Makes `${…}` plain text for the YAML parser. Without it `{ apiKey: ${KEY} }` would be read as a nested mapping.
 * The result has the same length, so that positions hold.
 */
export const protect = (text: string): string =>
  text.replace(PROTECTED, (match) => match.replace(/[\x20-\x7e]/g, (c) => String.fromCharCode(PRIVATE + c.charCodeAt(0))))

/** The text as it was written. */
export const reveal = (text: string): string => text.replace(/[\ue020-\ue07e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - PRIVATE))

export type Substitution = {
  text: string
  /** Names of variables that were read. */
  used: string[]
  /** `${NAME}` where NAME is unset or empty. */
  unset: string[]
  /** What must stop the start. */
  refused: string[]
}

/** Puts the values of variables into one text. An empty variable counts as unset, as in shells with `:`. */
export function substitute(text: string, variables: Record<string, string | undefined>): Substitution {
  const result: Substitution = { text: '', used: [], unset: [], refused: [] }
  result.text = text.replace(REFERENCE, (_match, name: string | undefined, operator: string | undefined, rest = '') => {
    if (name === undefined) return '${'
    result.used.push(name)
    const value = variables[name]
    if (value) return value
    if (operator === '-') return rest
    if (operator === '?') result.refused.push(`${name} is not set${rest ? `: ${rest}` : ''}. Set it and start again.`)
    else result.unset.push(name)
    return ''
  })
  const odd = text.replace(REFERENCE, '').match(/\$\{[^}]*\}?/)
  if (odd) {
    result.refused.push(`${odd[0]} is not understood. Write \${NAME}, \${NAME:-default} or \${NAME:?message}, and $\${ for a plain \${.`)
  }
  return result
}
