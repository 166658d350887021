/** What stands where a secret would, in examples and templates. */
const PLACEHOLDER =
  /^(?:\$\{?[\w.:-]*\}?|%[\w]+%|<[^>]*>|\{\{?[^}]*\}?\}|\[[^\]]*\]|(.)\1+|x{3,}.*|\*+|\.{3,}|[a-z]{1,20}(?:[-_.][a-z]{1,20}){1,8}|(?:none|null|nil|undefined|true|false|string|secret|token|password|passwd|required|optional|empty|unset|redacted|hidden|masked|changeme|changeit|default|test|testing|example|sample|dummy|placeholder|fake|mock|todo|tbd|foo|bar|baz|foobar|admin|root|user|username)\d{0,3})$/i
const WITHIN =
  /example|placeholder|your[-_ ]?(?:own|api|key|secret|token|password|access|client|private|org|project|account)|[-_]here\b|my[-_](?:secret|api|token|password|key)|insert|replace[-_ ]?(?:me|this|with)|changeme|change[-_]me|xxxx|\*{4,}|\.\.\.|<[a-z _-]+>|\$\{|\{\{|dummy|redacted|lorem|foobar|abcdefgh|12345678|0000000|deadbeef|not[-_]?a?[-_]?(?:real|secret)|process\.env|os\.environ|getenv|env\.|secrets\.|vault\.|config\.|settings\.|self\.|this\.|params\.|request\.|args\.|input\(|function|=>|\(\)|;$/i

/** The same for keys with a beginning of their own: there a person who writes an example says so. */
const SURELY = /example|placeholder|your[-_]|xxxx|\*{4,}|\.\.\.|<[a-z _-]+>|\$\{|\{\{|redacted|insert|dummy/i

/** Whether nobody's secret stands here: a placeholder, a variable, or what everybody prints in examples. */
export function isPlaceholder(value: string, known: boolean): boolean {
  // A long random text may hold any letters by chance.
  return PLACEHOLDER.test(value) || (known || value.length >= 60 ? SURELY : WITHIN).test(value)
}
