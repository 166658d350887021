/** What a failure of a provider means for what to do next. */
export type ProviderErrorClass =
  /** The request is longer than the model can read: another model may do. */
  | 'context-length'
  /** The vendor's own rules forbid the request or its answer. */
  | 'content-policy'
  /** The credentials are refused, whatever is asked. */
  | 'auth'
  /** The account has no money or credits left: waiting does not help. */
  | 'quota'
  /** Too much in too short a time: waiting helps. */
  | 'rate'
  /** The vendor has no room at this moment. */
  | 'overloaded'
  /** No such model, for these credentials. */
  | 'not-found'
  /** More bytes than the vendor takes. */
  | 'too-large'
  /** The request itself is wrong: it will be wrong again. */
  | 'bad-request'
  | 'timeout'
  | 'server'
  /** No answer, or none that HTTP can read. */
  | 'transport'

/** What is known of a failure: of an error in a stream there may be no status, of a connection that failed it is 0. */
export type ProviderFailure = {
  status?: number | undefined
  /** The vendor's own words for it: `error.code`, `error.status` or the name of an exception. */
  code?: string | undefined
  type?: string | undefined
  message?: string | undefined
  headers?: Record<string, string | string[] | undefined>
}

/** The class of a failure, by the words of its vendor and then by its status. */
export function classOf({ status = 0, code = '', type = '', message = '', headers = {} }: ProviderFailure): ProviderErrorClass {
  // The name of an exception of AWS stands in a header alone: `ValidationException:http://…`.
  const exception = String(headers['x-amzn-errortype'] ?? '').replace(/:.*$/s, '')
  const words = [code, type, exception].filter((word) => word !== '')
  const fits = ({ statuses, codes, messages }: Rule): boolean =>
    (statuses === undefined || statuses.includes(status)) &&
    (codes === undefined || words.some((word) => codes.test(word))) &&
    (messages === undefined || messages.some((pattern) => pattern.test(message)))
  const found = RULES.find(fits)?.means
  if (found) return found
  if (status >= 500) return 'server'
  if (status >= 400) return 'bad-request'
  return words.length > 0 ? 'server' : 'transport'
}

/** A rule fits where everything that it names does. */
type Rule = { means: ProviderErrorClass; statuses?: readonly number[]; codes?: RegExp; messages?: readonly RegExp[] }

/** The first that fits counts. Sources: the error pages of the vendors, and what their APIs answer. */
const RULES: readonly Rule[] = [
  { means: 'quota', statuses: [402] },
  {
    means: 'quota',
    codes:
      /^(insufficient_quota|insufficient_user_quota|exceeded_current_quota_error|insufficient_balance|insufficient_funds|billing_error|billing_hard_limit_reached|billing_not_active|payment_required)$/i,
  },
  {
    means: 'quota',
    messages: [
      /credit balance is too low/i, // Anthropic, 400
      /used all available credits|spending limit/i, // xAI, 403 and 429
      /insufficient (balance|credits?|funds)/i, // DeepSeek, OpenRouter
      /billing hard limit/i,
      /reached your specified (API )?usage limits/i, // Anthropic, 400
    ],
  },

  { means: 'overloaded', statuses: [503, 529] },
  { means: 'overloaded', codes: /^(overloaded|overloaded_error|UNAVAILABLE|ServiceUnavailableException|ModelNotReadyException)$/i },

  // Bedrock's throttling says "Too many tokens" and Groq's "Request too large", with 413: both mean a minute.
  { means: 'rate', statuses: [429] },
  {
    means: 'rate',
    codes:
      /^(rate_limit_exceeded|rate_limit_error|rate_limited|tokens|requests|RESOURCE_EXHAUSTED|ThrottlingException|TooManyRequestsException|ServiceQuotaExceededException)$/i,
  },

  {
    means: 'context-length',
    codes:
      /^(context_length_exceeded|context_window_exceeded|exceed_context_size_error|model_max_prompt_tokens_exceeded|prompt_too_long)$/i,
  },
  {
    means: 'context-length',
    messages: [
      /(maximum|max|model'?s|available|the) context (length|window|size)/i, // OpenAI, Mistral, vLLM, Ollama, llama.cpp
      /exceeds? (the )?context (limit|length|window)/i, // Anthropic: "input length and `max_tokens` exceed context limit"
      /prompt is too long/i, // Anthropic, also on Bedrock and Vertex
      /input token count.{0,40}(exceeds the maximum|model supports (only )?up to)/is, // Gemini, Vertex
      /input is too long for requested model/i, // Bedrock
      /too many input tokens|input tokens exceed/i, // Bedrock's Titan and Nova
      /expected maxLength: \d+, actual: \d+/, // Bedrock's Cohere and Titan
      /too many tokens: (?!max tokens)/i, // Cohere; of `max_tokens` it says "too many tokens: max tokens must be …"
      /maximum prompt length is \d+/i, // xAI
      /reduce the length of (the|your) (messages|prompt|input)/i, // Groq, older OpenAI
      /`inputs`.{0,40}must (be <=|have less than)/is, // TGI
      /exceeded model token limit/i, // Moonshot
    ],
  },

  {
    means: 'content-policy',
    codes:
      /^(content_filter|content_policy_violation|image_content_policy_violation|moderation_blocked|data_inspection_failed|PROHIBITED_CONTENT|SAFETY)$/i,
  },
  {
    means: 'content-policy',
    messages: [
      /content management policy/i, // Azure
      /(rejected|blocked|refused).{0,60}(safety system|content filter|content polic|usage polic)/is, // OpenAI images, Anthropic, Bedrock
      /violat\w+.{0,40}(content|usage|use|safety) polic/is, // OpenAI
      /(input|prompt|content) was flagged/i, // OpenAI, OpenRouter (403)
      /prompt (was|has been) blocked/i, // Gemini
    ],
  },

  { means: 'auth', statuses: [401, 403] },
  {
    means: 'auth',
    codes:
      /^(invalid_api_key|authentication_error|permission_error|provider[-_]auth|UNAUTHENTICATED|PERMISSION_DENIED|AccessDeniedException|UnrecognizedClientException|ExpiredTokenException|InvalidSignatureException|MissingAuthenticationTokenException)$/i,
  },
  { means: 'auth', messages: [/API key (not valid|expired|not found)/i] }, // Gemini, 400

  { means: 'not-found', statuses: [404] },
  {
    means: 'not-found',
    codes: /^(model_not_found|model_decommissioned|DeploymentNotFound|not_found_error|NOT_FOUND|ResourceNotFoundException)$/i,
  },
  {
    means: 'not-found',
    messages: [/model identifier is invalid/i, /\bmodel\b.{0,100}(does not exist|not found|has been decommissioned)/is],
  },

  { means: 'too-large', statuses: [413] },
  { means: 'timeout', statuses: [408, 504] },
  { means: 'timeout', codes: /^(timeout_error|DEADLINE_EXCEEDED|ModelTimeoutException|provider[-_]timeout)$/i },
  { means: 'bad-request', codes: /^(invalid_request_error|invalid_request|INVALID_ARGUMENT|FAILED_PRECONDITION|ValidationException)$/i },
]
