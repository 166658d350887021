/** What looks like a key in a text that is kept to be shown: its beginning stays, so that one can tell which it was. */
const PATTERNS: readonly RegExp[] = [
  /\b((?:sk|pk|rk|xox[abprs]|gh[pousr]|glpat|lsv2|AKIA|ASIA|AIza)[-_]?[A-Za-z0-9]{0,4})[A-Za-z0-9_-]{12,}/g,
  /\b((?:Bearer|Basic)\s+[A-Za-z0-9]{0,4})[A-Za-z0-9._~+/=-]{8,}/gi,
  /\b(eyJ)[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /("(?:[\w.-]*(?:password|passwd|secret|api[_-]?key|authorization|access[_-]?token|private[_-]?key)[\w.-]*)"\s*:\s*")(?:[^"\\]|\\.)+/gi,
]

export const stripSecrets = (text: string): string => PATTERNS.reduce((rest, pattern) => rest.replace(pattern, '$1…'), text)
