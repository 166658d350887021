export type SnippetInput = { origin: string; model: string; secretKey: string }
export type Snippet = { id: string; title: string; install: string | null; code: (input: SnippetInput) => string }

/** What stands in a snippet until a key has been made. */
export const KEY_PLACEHOLDER = 'sk-sb-YOUR-KEY'

/** The same first call in the tools people use. The base URL is all that changes in an existing program. */
export const SNIPPETS: Snippet[] = [
  {
    id: 'curl',
    title: 'curl',
    install: null,
    code: ({ origin, model, secretKey }) => `curl ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer ${secretKey}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": ${JSON.stringify(model)},
    "messages": [{ "role": "user", "content": "Hello, Signalbox" }]
  }'`,
  },
  {
    id: 'openai-js',
    title: 'OpenAI JS',
    install: 'npm install openai',
    code: ({ origin, model, secretKey }) => `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: '${origin}/v1',
  apiKey: '${secretKey}',
})

const stream = await client.chat.completions.create({
  model: ${quote(model)},
  messages: [{ role: 'user', content: 'Hello, Signalbox' }],
  stream: true,
})
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
}`,
  },
  {
    id: 'openai-python',
    title: 'OpenAI Python',
    install: 'pip install openai',
    code: ({ origin, model, secretKey }) => `from openai import OpenAI

client = OpenAI(
    base_url="${origin}/v1",
    api_key="${secretKey}",
)

answer = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": "Hello, Signalbox"}],
)
print(answer.choices[0].message.content)`,
  },
  {
    id: 'vercel-ai',
    title: 'Vercel AI SDK',
    install: 'npm install ai @ai-sdk/openai-compatible',
    code: ({ origin, model, secretKey }) => `import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText } from 'ai'

const signalbox = createOpenAICompatible({
  name: 'signalbox',
  baseURL: '${origin}/v1',
  apiKey: '${secretKey}',
})

const { text } = await generateText({
  model: signalbox(${quote(model)}),
  prompt: 'Hello, Signalbox',
})
console.log(text)`,
  },
  {
    id: 'langchain',
    title: 'LangChain',
    install: 'pip install langchain-openai',
    code: ({ origin, model, secretKey }) => `from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url="${origin}/v1",
    api_key="${secretKey}",
    model=${JSON.stringify(model)},
)
print(model.invoke("Hello, Signalbox").content)`,
  },
]

const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`
