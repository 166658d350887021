/** What a generation of Claude takes, by the version in the name of the model. */
export type ClaudeAbilities = {
  /** `thinking: { type: 'adaptive' }` with `output_config.effort`, since 4.6; older ones take a budget of tokens. */
  adaptiveThinking: boolean
  /** The effort `xhigh`, since 4.7. */
  xhighEffort: boolean
  /** `temperature`, `top_p` and `top_k`, until 4.6: newer models refuse them. */
  sampling: boolean
  /** Thinks unless it is told not to, since 5. */
  thinksByDefault: boolean
}

/**
 * `claude-opus-4-7`, `claude-3-7-sonnet-latest`, `claude-sonnet-4-5-20250929`, `anthropic/claude-opus-4.8`. A name without a
 * version is taken for an older one: servers that only imitate Anthropic know the older parameters.
 * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function claudeAbilities(model: string): ClaudeAbilities {
  const found = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model.toLowerCase())
  const version = found ? Number(found[1]) * 100 + Number(found[2] ?? 0) : 0
  return {
    adaptiveThinking: version >= 406,
    xhighEffort: version >= 407,
    sampling: version < 407,
    thinksByDefault: version >= 500,
  }
}
