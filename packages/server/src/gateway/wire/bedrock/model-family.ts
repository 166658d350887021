/** Whose model it is, as far as the fields beyond Converse's own depend on it. `other` also where the name does not tell. */
export type Family = 'claude' | 'nova' | 'gpt-oss' | 'other'

/** Of a model id, the id of an inference profile, or an ARN that holds one. */
export function familyOf(model: string): Family {
  if (/anthropic|claude/i.test(model)) return 'claude'
  if (/nova/i.test(model)) return 'nova'
  return /gpt-oss/i.test(model) ? 'gpt-oss' : 'other'
}

/** What a generation of Claude takes on Bedrock. */
export type ClaudeTraits = {
  /** How it is told to think: not at all (before 3.7), by a budget of tokens, by either (4.6), by an effort alone (since 4.7). */
  thinking: 'none' | 'budget' | 'both' | 'effort'
  /** Thinks unless it is told not to (since 5), or always. */
  rests: 'by-default' | 'when-told' | 'never'
  /** Takes `temperature`, `top_p` and `top_k`: until 4.6. */
  sampling: boolean
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html */
export function claudeTraits(model: string): ClaudeTraits {
  if (/mythos|fable/i.test(model)) return { thinking: 'effort', rests: 'never', sampling: false }
  const [, major = '0', minor = '0'] = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/i.exec(model) ?? []
  const version = Number(major) * 100 + Number(minor)
  const thinking = version < 307 ? 'none' : version < 406 ? 'budget' : version === 406 ? 'both' : 'effort'
  return { thinking, rests: version < 500 ? 'by-default' : 'when-told', sampling: version < 407 }
}
