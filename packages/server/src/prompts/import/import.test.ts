import { PromptContent } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { importPrompts } from './index.ts'

/** What was read, as a version would be stored: whatever is read must be a version. */
function read(file: string, text: string | object) {
  return importPrompts(typeof text === 'string' ? text : JSON.stringify(text), file).map(({ content, ...rest }) => ({
    ...rest,
    content: PromptContent.parse(content),
  }))
}
const one = (file: string, text: string | object) => {
  const all = read(file, text)
  expect(all).toHaveLength(1)
  return all[0] as (typeof all)[number]
}
const refusal = (file: string, text: string | object): string => {
  try {
    read(file, text)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error(`${file} was imported`)
}

describe('dotprompt', () => {
  const text = `---
model: googleai/gemini-2.5-flash
description: Answers about refunds
config:
  temperature: 0.2
  maxOutputTokens: 400
  safetySettings: strict
input:
  schema:
    question: string, what the customer asks
    customer?: string
    tags(array, labels of the ticket): string
    tone(enum): [calm, brisk]
  default:
    customer: friend
output:
  format: json
  schema:
    answer: string
    confidence: number
tools: [lookupOrder]
---
{{role "system"}}
You help {{customer}}.{{#if tags}} It is about{{#each tags}} {{this}}{{/each}}.{{else}} No tags.{{/if}}
{{>style}}
{{history}}
{{role "user"}}
{{media url=photo}}
{{question}} {{!-- not said --}}
{{role "model"}}
{"answer":
`
  test('messages, schema, model, tools', () => {
    const { name, content, description, lost } = one('prompts/refund.prompt', text)
    expect([name, description]).toEqual(['refund', 'Answers about refunds'])
    expect(content).toMatchObject({
      type: 'chat',
      engine: 'mustache',
      model: { route: 'googleai/gemini-2.5-flash', parameters: { temperature: 0.2, maxTokens: 400 } },
    })
    expect(content.messages).toEqual([
      {
        role: 'system',
        content: 'You help {{customer}}.{{#tags}} It is about{{#tags}} {{.}}{{/tags}}.{{/tags}}{{^tags}} No tags.{{/tags}}\n{{> style}}',
      },
      { type: 'placeholder', name: 'history', optional: true },
      {
        role: 'user',
        content: [
          { type: 'image', url: '{{photo}}' },
          { type: 'text', text: '{{question}}' },
        ],
      },
      { role: 'assistant', content: '{"answer":' },
    ])
    expect(content.input?.schema).toEqual({
      type: 'object',
      properties: {
        question: { type: 'string', description: 'what the customer asks' },
        customer: { type: 'string', default: 'friend' },
        tags: { type: 'array', items: { type: 'string' }, description: 'labels of the ticket' },
        tone: { enum: ['calm', 'brisk'] },
      },
      required: ['question', 'tags', 'tone'],
      additionalProperties: false,
    })
    expect(content.output?.schema).toMatchObject({ required: ['answer', 'confidence'] })
    expect(content.tools).toEqual([{ name: 'lookupOrder' }])
    expect(lost.join('\n')).toMatch(/config\.safetySettings[\s\S]*lookupOrder[\s\S]*googleai/)
  })

  test.each([
    ['{{shout name}}', '{{shout name}} is a helper'],
    ['{{#if a}}x', 'never closed'],
    ['{{#with a}}{{/with}}', '{{#with a}} is a helper'],
    ['x {{/if}}', 'closes what is not open'],
    ['---\ninput:\n  schema: Recipe\n---\nx', 'input.schema: "Recipe" names no type'],
    ['---\na: [\n---\nx', 'line '],
    ['', 'holds no text'],
  ])('%j is refused', (body, why) => {
    expect(refusal('x.prompt', body)).toContain(why)
  })
})

describe('prompty', () => {
  test('roles, jinja, parameters, samples; how the model is reached stays behind', () => {
    const { name, content, tags, lost } = one(
      'chat.prompty',
      `---
name: Basic Prompt
description: A basic prompt
tags: [demo]
authors: [ada]
model:
  api: chat
  configuration:
    type: azure_openai
    azure_deployment: \${env:DEPLOYMENT}
    api_key: \${env:KEY}
  parameters:
    max_tokens: 300
    temperature: 0.7
    logit_bias: {}
    tools:
      - type: function
        function: { name: find, description: Finds, parameters: { type: object, properties: { q: { type: string } } } }
inputs:
  question: { type: string, description: asked, default: Why? }
sample:
  firstName: Jane
  context: { a: 1 }
---
system:
You speak to {{firstName}}. {% if context %}{{ context }}{% endif %}

# user:
{{question}}
![a picture](a.png)
`,
    )
    expect([name, tags]).toEqual(['chat', ['demo']])
    expect(content).toMatchObject({
      engine: 'jinja',
      messages: [
        { role: 'system', content: 'You speak to {{firstName}}. {% if context %}{{ context }}{% endif %}' },
        { role: 'user', content: '{{question}}\n![a picture](a.png)' },
      ],
      model: { parameters: { maxTokens: 300, temperature: 0.7 } },
      tools: [{ name: 'find', description: 'Finds', parameters: { type: 'object', properties: { q: { type: 'string' } } } }],
      input: {
        schema: {
          type: 'object',
          properties: {
            question: { type: 'string', description: 'asked', default: 'Why?' },
            firstName: { examples: ['Jane'] },
            context: { examples: [{ a: 1 }] },
          },
        },
      },
    })
    const said = lost.join('\n')
    for (const word of ['${env:DEPLOYMENT}', 'logit_bias', 'configuration', 'Pictures']) expect(said).toContain(word)
    expect(JSON.stringify(content)).not.toContain('env:')
  })

  test('the newer form of its head; a text without roles is the system message', () => {
    const { content } = one(
      'x.prompty',
      `---\nmodel:\n  id: gpt-4o\n  options: { maxOutputTokens: 5 }\ntemplate:\n  format: { kind: mustache }\n  parser: { kind: prompty }\noutputs:\n  answer: { type: string }\n---\nSay {{word}}\n`,
    )
    expect(content).toMatchObject({
      engine: 'mustache',
      model: { route: 'gpt-4o', parameters: { maxTokens: 5 } },
      output: { schema: { properties: { answer: { type: 'string' } }, required: ['answer'] } },
      messages: [{ role: 'system', content: 'Say {{word}}' }],
    })
  })

  test('a template language that is not known', () => {
    expect(refusal('x.prompty', '---\ntemplate: { format: erb }\n---\nx')).toContain('"erb"')
  })
})

describe('Langfuse', () => {
  const text = {
    name: 'greet',
    version: 2,
    type: 'text',
    prompt: 'Hello {{name}}',
    config: { model: 'gpt-4o' },
    labels: ['production', 'latest'],
    tags: ['a'],
    commitMessage: 'warmer',
  }
  const chat = {
    name: 'chat',
    version: 1,
    type: 'chat',
    prompt: [
      { role: 'system', content: 'x @@@langfusePrompt:name=greet|label=production@@@' },
      { type: 'placeholder', name: 'history' },
      { type: 'chatmessage', role: 'user', content: '{{q}}' },
    ],
    config: {},
    labels: [],
    tags: [],
  }

  test('a text prompt with its labels, tags and config', () => {
    const found = one('p.json', text)
    expect(found).toMatchObject({ name: 'greet', labels: ['production'], tags: ['a'], description: 'warmer' })
    expect(found.content).toEqual({ type: 'text', engine: 'mustache', text: 'Hello {{name}}', config: { model: 'gpt-4o' } })
    expect(found.lost.join()).toContain('model.route')
  })

  test('a list, oldest version first', () => {
    const found = read('p.json', { data: [text, chat, { ...text, version: 1, prompt: 'Hi' }] })
    expect(found.map(({ name, content }) => [name, content.text])).toEqual([
      ['chat', undefined],
      ['greet', 'Hi'],
      ['greet', 'Hello {{name}}'],
    ])
    expect(found[0]?.content.messages).toEqual([
      { role: 'system', content: 'x @@@langfusePrompt:name=greet|label=production@@@' },
      { type: 'placeholder', name: 'history' },
      { role: 'user', content: '{{q}}' },
    ])
  })

  test('what holds no text is refused with a way on', () => {
    expect(refusal('p.json', { data: [{ name: 'greet', versions: [1, 2], labels: [] }] })).toContain('holds no texts')
    expect(refusal('p.json', [{ name: 'x', prompt: [{ role: 'user' }] }])).toContain('message 1')
  })
})

describe('LangSmith', () => {
  const id = (...more: string[]) => ['langchain_core', 'prompts', ...more]
  const node = (path: string[], kwargs: object) => ({ lc: 1, type: 'constructor', id: path, kwargs })
  const template = (text: string, format = 'f-string') =>
    node(id('prompt', 'PromptTemplate'), { input_variables: [], template_format: format, template: text })
  const message = (kind: string, prompt: object | object[]) => node(id('chat', kind), { prompt })
  const chat = (...messages: object[]) => node(id('chat', 'ChatPromptTemplate'), { input_variables: [], messages })

  test('a chat with f-strings, a placeholder and a fixed message', () => {
    const { name, content } = one('my-prompt.json', {
      commit_hash: 'abc',
      owner: '-',
      repo: 'refund',
      manifest: chat(
        message('SystemMessagePromptTemplate', template('You are {role}. Answer {{"a": 1}}')),
        node(id('chat', 'MessagesPlaceholder'), { variable_name: 'history', optional: true }),
        node(['langchain_core', 'messages', 'ai', 'AIMessage'], { content: 'I say {x}' }),
        message('HumanMessagePromptTemplate', [
          template('See'),
          node(id('image', 'ImagePromptTemplate'), { template: { url: '{photo}' }, template_format: 'f-string' }),
        ]),
      ),
    })
    expect([name, content.engine]).toEqual(['refund', 'fstring'])
    expect(content.messages).toEqual([
      { role: 'system', content: 'You are {role}. Answer {{"a": 1}}' },
      { type: 'placeholder', name: 'history', optional: true },
      { role: 'assistant', content: 'I say {{x}}' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image', url: '{photo}' },
        ],
      },
    ])
  })

  test('with a model, as pulled with include_model', () => {
    const { content, lost } = one(
      'p.json',
      node(['langchain', 'schema', 'runnable', 'RunnableSequence'], {
        first: node(id('structured', 'StructuredPrompt'), {
          messages: [message('HumanMessagePromptTemplate', template('{{q}}', 'mustache'))],
          schema_: { type: 'object', properties: {} },
        }),
        last: node(['langchain', 'schema', 'runnable', 'RunnableBinding'], {
          bound: node(['langchain', 'chat_models', 'openai', 'ChatOpenAI'], {
            model: 'gpt-4o',
            temperature: 0.3,
            openai_api_key: { lc: 1, type: 'secret', id: ['OPENAI_API_KEY'] },
          }),
          kwargs: { stop: ['x'] },
        }),
      }),
    )
    expect(content).toMatchObject({
      engine: 'mustache',
      model: { route: 'gpt-4o', parameters: { temperature: 0.3 } },
      output: { schema: { type: 'object' } },
    })
    expect(lost.join('\n')).toMatch(/openai_api_key[\s\S]*stop/)
    expect(JSON.stringify(content)).not.toContain('OPENAI_API_KEY')
  })

  test('two formats become one', () => {
    const { content, lost } = one(
      'p.json',
      chat(
        message('SystemMessagePromptTemplate', template('{a} {{b}}')),
        message('HumanMessagePromptTemplate', template('{{q}}', 'mustache')),
      ),
    )
    expect(content).toMatchObject({ engine: 'mustache', messages: [{ content: '{{a}} {b}' }, { content: '{{q}}' }] })
    expect(lost).toEqual([expect.stringContaining('f-strings')])
  })

  test.each([
    ['something that runs', chat(node(['langchain_community', 'tools', 'shell', 'ShellTool'], {}))],
    ['a secret', chat({ lc: 1, type: 'secret', id: ['KEY'] })],
    ['a chain', node(['langchain', 'chains', 'LLMChain'], { prompt: template('x') })],
    ['an unknown format', chat(message('HumanMessagePromptTemplate', template('x', 'python')))],
  ])('%s is refused', (_, manifest) => {
    expect(refusal('p.json', manifest)).toContain('p.json is not imported')
  })
})

describe('promptfoo', () => {
  test('texts with --- between them', () => {
    const found = read('prompts.txt', 'Translate {{ text | upper }}\n---\n{% if a %}A{% endif %} file://b.txt\n---\n')
    expect(found.map(({ name, content }) => [name, content.engine, content.text])).toEqual([
      ['prompts-1', 'jinja', 'Translate {{ text | upper }}'],
      ['prompts-2', 'jinja', '{% if a %}A{% endif %} file://b.txt'],
    ])
    expect(found[1]?.lost).toEqual([expect.stringContaining('file://b.txt')])
  })

  test('messages as JSON, as YAML, and inside a text file', () => {
    const messages = [
      { role: 'system', content: 'x' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{q}}' },
          { type: 'image_url', image_url: { url: '{{u}}' } },
        ],
      },
    ]
    const wanted = [
      { role: 'system', content: 'x' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{q}}' },
          { type: 'image', url: '{{u}}' },
        ],
      },
    ]
    expect(one('a.json', messages).content.messages).toEqual(wanted)
    expect(one('a.txt', JSON.stringify(messages)).content.messages).toEqual(wanted)
    expect(one('a.yaml', '- role: system\n  content: x\n- role: user\n  content: "{{q}}"\n').content.messages?.[1]).toEqual({
      role: 'user',
      content: '{{q}}',
    })
  })

  test('templates around JSON, and what is nothing', () => {
    expect(refusal('a.json', '[{% for m in messages %}{"role": "user"}{% endfor %}]')).toContain('it is no JSON')
    expect(refusal('a.json', { some: 'thing' })).toContain('no prompt of Langfuse')
    expect(refusal('a.py', 'def prompt(): pass')).toContain('its name says no format')
    expect(refusal('a.txt', ' \n')).toContain('holds no text')
  })
})
