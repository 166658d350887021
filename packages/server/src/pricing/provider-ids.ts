/**
 * Names of providers as configurations, SDKs and OpenTelemetry write them → the id in the price package.
 * Only names that differ from that id are here. A name that is not known has no price: guessing by parts of the
 * name would give a local server called `my-openai` the prices of OpenAI.
 */
const ALIASES = new Map(
  Object.entries({
    'azure.ai.openai': 'azure',
    'azure.ai.inference': 'azure',
    'az.ai.openai': 'azure',
    'az.ai.inference': 'azure',
    'azure-openai': 'azure',
    azure_openai: 'azure',
    azureopenai: 'azure',
    claude: 'anthropic',
    'aws.bedrock': 'aws',
    aws_bedrock: 'aws',
    bedrock: 'aws',
    'amazon-bedrock': 'aws',
    amazon_bedrock: 'aws',
    'gcp.gemini': 'google',
    'gcp.vertex_ai': 'google',
    'gcp.gen_ai': 'google',
    gemini: 'google',
    vertex: 'google',
    vertexai: 'google',
    vertex_ai: 'google',
    'google-vertex': 'google',
    google_vertexai: 'google',
    google_genai: 'google',
    'google.generative-ai': 'google',
    'google.vertex': 'google',
    mistral_ai: 'mistral',
    mistralai: 'mistral',
    moonshot: 'moonshotai',
    moonshot_ai: 'moonshotai',
    xai: 'x-ai',
    x_ai: 'x-ai',
    grok: 'x-ai',
    'together-ai': 'together',
    together_ai: 'together',
    togetherai: 'together',
    'fireworks-ai': 'fireworks',
    fireworks_ai: 'fireworks',
    voyage: 'voyageai',
    voyage_ai: 'voyageai',
    zhipu: 'zhipuai',
  }),
)

/** `azure.ai.openai` → `azure`, `openai.chat` (AI SDK) → `openai`; a name that is not in the table comes back in lower case. */
export function providerId(name: string): string {
  const lower = name.toLowerCase()
  const known = ALIASES.get(lower)
  if (known) return known
  const dot = lower.indexOf('.')
  if (dot < 0) return lower
  const head = lower.slice(0, dot)
  return ALIASES.get(head) ?? head
}
