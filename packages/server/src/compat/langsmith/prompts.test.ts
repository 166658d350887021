import { describe, expect, test } from 'vitest'
import { langsmithError } from '../../tracing/ingest/langsmith/error.ts'
import { promptsWorld } from '../prompts-world.case.ts'
import { contentOf, manifestOf } from './manifests.ts'
import { promptRoutes } from './prompts.ts'

const ask = promptsWorld((rooms) => ({ prefix: '/langsmith', shape: langsmithError, routes: promptRoutes(rooms) }))
const node = (id: string[], kwargs: object) => ({ lc: 1, type: 'constructor', id, kwargs })
const template = (text: string, format = 'f-string') =>
  node(['langchain_core', 'prompts', 'prompt', 'PromptTemplate'], { input_variables: [], template_format: format, template: text })
const message = (kind: string, text: string) =>
  node(['langchain_core', 'prompts', 'chat', `${kind}MessagePromptTemplate`], { prompt: template(text) })
const chat = (text: string) =>
  node(['langchain_core', 'prompts', 'chat', 'ChatPromptTemplate'], {
    input_variables: ['role', 'q'],
    messages: [
      message('System', text),
      node(['langchain_core', 'prompts', 'chat', 'MessagesPlaceholder'], { variable_name: 'history' }),
      message('Human', '{q}'),
    ],
  })
const withModel = (first: object) =>
  node(['langchain_core', 'runnables', 'RunnableSequence'], {
    first,
    last: node(['langchain_openai', 'chat_models', 'ChatOpenAI'], {
      model: 'gpt-4o',
      temperature: 0.2,
      openai_api_key: { lc: 1, type: 'secret', id: ['OPENAI_API_KEY'] },
    }),
  })
const commit = (name: string, manifest: object, more: object = {}) => ask('POST', `/langsmith/commits/-/${name}`, { manifest, ...more })
const makeRepo = (name: string) => ask('POST', '/langsmith/repos/', { repo_handle: name, is_public: false })

describe('a prompt of LangSmith', () => {
  test('is created, committed, tagged and pulled as it was pushed', async () => {
    expect(await ask('GET', '/langsmith/repos/-/helper')).toMatchObject({ status: 404 })
    const made = await ask('POST', '/langsmith/repos/', {
      repo_handle: 'helper',
      description: 'helps',
      tags: ['x'],
      readme: '# Long',
      is_public: false,
    })
    expect(made).toMatchObject({
      status: 200,
      body: { repo: { repo_handle: 'helper', description: 'helps', tags: ['x'], num_commits: 0, last_commit_hash: null } },
    })
    expect(made.headers.get('x-signalbox-dropped')).toBe('readme')
    expect((await ask('GET', '/langsmith/commits/-/helper/?limit=1&offset=0')).body).toEqual({ commits: [], total: 0 })
    expect((await ask('GET', '/langsmith/commits/-/helper/latest')).status).toBe(404)
    const manifest = chat('You are {role}.')
    const first = await commit('helper', manifest, { description: 'first' })
    expect(first.body.commit).toMatchObject({ commit_hash: expect.stringMatching(/^[0-9a-f]{64}$/), description: 'first' })
    expect(await commit('helper', manifest)).toMatchObject({ status: 409, body: { error: expect.stringContaining('Nothing to commit') } })
    const { id, commit_hash: hash } = first.body.commit
    expect((await ask('POST', '/langsmith/repos/-/helper/tags', { tag_name: 'production', commit_id: id }, 'pipeline')).status).toBe(200)
    await commit('helper', chat('You were {role}.'), { parent_commit: hash })
    for (const named of ['production', hash, hash.slice(0, 8)])
      expect((await ask('GET', `/langsmith/commits/-/helper/${named}`)).body).toEqual({ commit_hash: hash, manifest, examples: [] })
    const listed = (await ask('GET', '/langsmith/commits/-/helper/?limit=10&offset=0')).body
    expect(listed).toMatchObject({ commits: [{ parent_commit_hash: hash }, { id, commit_hash: hash, parent_commit_hash: null }], total: 2 })
    expect((await ask('GET', '/langsmith/commits/-/helper/latest')).body.commit_hash).toBe(listed.commits[0].commit_hash)
    expect((await ask('GET', '/langsmith/repos/-/helper/tags')).body).toMatchObject([{ tag_name: 'production', commit_hash: hash }])
    expect((await ask('GET', '/langsmith/repos?query=HELP&is_archived=false&limit=100&offset=0')).body).toMatchObject({
      repos: [{ full_name: 'helper', num_commits: 2 }],
      total: 1,
    })
    expect((await ask('PATCH', '/langsmith/repos/-/helper', { description: 'other', is_archived: true })).body.repo).toMatchObject({
      is_archived: true,
    })
    expect((await ask('GET', '/langsmith/repos?is_archived=false')).body.repos).toEqual([])
    expect((await ask('DELETE', '/langsmith/repos/-/helper')).status).toBe(200)
    expect((await ask('GET', '/langsmith/repos/-/helper')).status).toBe(404)
  })

  test('brings its model only where it is asked for', async () => {
    await makeRepo('modelled')
    const manifest = withModel(chat('Be {role}.'))
    expect((await commit('modelled', manifest)).status).toBe(200)
    expect((await ask('GET', '/langsmith/commits/-/modelled/latest')).body.manifest).toEqual(chat('Be {role}.'))
    expect((await ask('GET', '/langsmith/commits/-/modelled/latest?include_model=true')).body).toMatchObject({
      manifest,
      model_config: { route: 'gpt-4o', parameters: { temperature: 0.2 } },
    })
    expect(contentOf(manifest)).toMatchObject({
      type: 'chat',
      engine: 'fstring',
      messages: [{ role: 'system', content: 'Be {role}.' }, { name: 'history' }, {}],
    })
  })

  test.each([
    ['another module', node(['os', 'system'], {})],
    ['a function', node(['langchain_core', 'runnables', 'RunnableLambda'], { func: 'x' })],
    ['a tool that runs code', node(['langchain_experimental', 'PythonREPL'], {})],
    [
      'something hidden in a prompt',
      { ...chat('x'), kwargs: { ...chat('x').kwargs, partial_variables: { a: node(['builtins', 'eval'], {}) } } },
    ],
    [
      'something hidden in a model',
      withModel({ ...chat('x'), kwargs: { ...chat('x').kwargs, extra: [[{ lc: 2, type: 'not_implemented', id: ['x'] }]] } }),
    ],
    ['nothing', {}],
    ['no object', 'x'],
  ])('that names %s is refused', async (_, manifest) => {
    await makeRepo('bad')
    expect((await commit('bad', manifest as object)).status).toBe(400)
    expect((await ask('GET', '/langsmith/repos/-/bad')).body.repo.num_commits).toBe(0)
  })

  test('asks for the right to read and to write, and stays in its project', async () => {
    await makeRepo('mine')
    expect((await ask('GET', '/langsmith/repos/-/mine', undefined, 'caller')).status).toBe(403)
    expect((await ask('POST', '/langsmith/commits/-/mine', { manifest: chat('x') }, 'reader')).status).toBe(403)
    expect((await ask('GET', '/langsmith/repos/-/mine', undefined, 'other')).status).toBe(404)
    expect((await ask('POST', '/langsmith/repos/', { repo_handle: 'mine', is_public: false })).status).toBe(409)
    expect((await ask('POST', '/langsmith/repos/', { repo_handle: 'shown', is_public: true })).status).toBe(400)
    expect((await ask('POST', '/langsmith/repos/-/mine/tags', { tag_name: 'a', commit_id: '0'.repeat(36) })).status).toBe(404)
    expect((await ask('POST', '/langsmith/commits/-/mine', { manifest: chat('x'), parent_commit: 'abcdef' })).status).toBe(404)
    expect((await ask('GET', '/langsmith/commits/-/mine/?limit=x')).status).toBe(400)
  })
})

test('a prompt that was written here is what LangChain would have made', () => {
  const content = {
    type: 'chat' as const,
    engine: 'fstring' as const,
    messages: [
      { role: 'system', content: 'You are {role}.' },
      { type: 'placeholder' as const, name: 'history' },
      { role: 'user', content: '{q}' },
    ],
  }
  const manifest = manifestOf(content, content, false)
  expect(manifest).toMatchObject({ kwargs: { input_variables: ['role', 'history', 'q'] } })
  expect(contentOf(manifest)).toEqual({ ...content, manifest })
  expect(() => manifestOf({ ...content, engine: 'liquid' }, { ...content, engine: 'liquid' }, false)).toThrow('liquid')
})
