import { describe, expect, test } from 'vitest'
import { langfuseError } from '../../tracing/ingest/langfuse/error.ts'
import { promptsWorld } from '../prompts-world.case.ts'
import { promptRoutes } from './prompts.ts'

const ask = promptsWorld((rooms) => ({ prefix: '/api/public', shape: langfuseError, routes: promptRoutes(rooms) }))
const create = (body: object, key?: string) => ask('POST', '/api/public/v2/prompts', body, key)
const get = (name: string, query = '', key?: string) =>
  ask('GET', `/api/public/v2/prompts/${encodeURIComponent(name)}${query}`, undefined, key)

describe('a prompt of Langfuse', () => {
  test('is created, read by label and version, and labelled', async () => {
    const made = await create({
      name: 'shop/movie critic',
      prompt: 'Rate {{movie}}.',
      labels: ['production'],
      tags: ['film'],
      config: { model: 'gpt-4o', nested: { z: 1, a: 2 } },
      commitMessage: 'first',
    })
    expect(made).toMatchObject({
      status: 201,
      body: { version: 1, labels: ['production', 'latest'], isActive: true, commitMessage: 'first' },
    })
    const read = await get('shop/movie critic')
    expect(read).toMatchObject({
      status: 200,
      body: {
        name: 'shop/movie critic',
        version: 1,
        type: 'text',
        prompt: 'Rate {{movie}}.',
        config: { model: 'gpt-4o', nested: { z: 1, a: 2 } },
        tags: ['film'],
        projectId: 'shop',
        resolutionGraph: null,
      },
    })
    expect(JSON.stringify(read.body.config.nested)).toBe('{"z":1,"a":2}')
    await create({ name: 'shop/movie critic', prompt: 'Rate {{movie}} from 1 to 5.', type: 'text' })
    expect((await get('shop/movie critic')).body.version).toBe(1)
    expect((await get('shop/movie critic', '?label=latest')).body).toMatchObject({ version: 2, tags: ['film'], labels: ['latest'] })
    const path = `/api/public/v2/prompts/${encodeURIComponent('shop/movie critic')}/versions/2`
    expect((await ask('PATCH', path, { newLabels: ['production', 'latest'] }, 'pipeline')).body).toMatchObject({
      version: 2,
      labels: ['production', 'latest'],
    })
    expect((await get('shop/movie critic', '?version=1')).body.labels).toEqual([])
    // Older clients name it in the query.
    expect((await ask('GET', '/api/public/prompts?name=shop%2Fmovie%20critic&version=1')).body).toMatchObject({
      version: 1,
      isActive: false,
    })
    expect((await get('shop/movie critic', '', 'other')).status).toBe(404)
  })

  test('is listed with all its versions, by page and filter', async () => {
    for (const name of ['list/a', 'list/b', 'list/c']) await create({ name, prompt: 'x', config: { of: name }, tags: [name] })
    await create({ name: 'list/b', prompt: 'y', labels: ['canary'] })
    expect((await ask('GET', '/api/public/v2/prompts?limit=2&page=2')).body).toMatchObject({
      data: [{ name: 'list/c', versions: [1], labels: ['latest'], lastConfig: { of: 'list/c' } }, { name: 'shop/movie critic' }],
      meta: { page: 2, limit: 2, totalItems: 4, totalPages: 2 },
    })
    expect((await ask('GET', '/api/public/v2/prompts?label=canary')).body.data).toMatchObject([
      { name: 'list/b', versions: [1, 2], type: 'text' },
    ])
    expect((await ask('GET', '/api/public/v2/prompts?tag=list/a')).body.data).toMatchObject([{ name: 'list/a' }])
    expect((await ask('GET', '/api/public/v2/prompts?fromUpdatedAt=2100-01-01T00:00:00Z')).body.data).toEqual([])
    expect((await ask('GET', '/api/public/v2/prompts?limit=101')).status).toBe(400)
  })

  test('includes others by their tags', async () => {
    await create({ name: 'tone', prompt: 'Be {{how}}.', labels: ['production'] })
    const system = '@@@langfusePrompt:name=tone|label=production@@@ Go.'
    const messages = [
      { role: 'system', content: system },
      { type: 'placeholder', name: 'history' },
      { role: 'user', content: '{{q}}' },
    ]
    await create({ name: 'chat', type: 'chat', prompt: messages, labels: ['production'] })
    const { body } = await get('chat')
    expect(body.prompt).toEqual([
      { type: 'chatmessage', role: 'system', content: 'Be {{how}}. Go.' },
      { type: 'placeholder', name: 'history' },
      { type: 'chatmessage', role: 'user', content: '{{q}}' },
    ])
    expect(body.resolutionGraph).toEqual({
      root: { id: 'chat@1', name: 'chat', version: 1 },
      dependencies: { 'chat@1': [{ id: 'tone@1', name: 'tone', version: 1 }] },
    })
    expect((await get('chat', '?resolve=false')).body.prompt[0].content).toBe(system)
    expect((await ask('DELETE', '/api/public/v2/prompts/tone')).status).toBe(409)
    await create({ name: 'chat', type: 'chat', prompt: [], labels: ['production'] })
    expect((await ask('DELETE', '/api/public/v2/prompts/tone')).status).toBe(204)
    expect(await get('chat', '?version=1')).toMatchObject({ status: 409, body: { message: expect.stringContaining('no prompt "tone"') } })
    expect((await get('chat', '?version=1&resolve=false')).status).toBe(200)
  })

  test('is deleted by version, by label, or whole', async () => {
    for (const prompt of ['one', 'two', 'three']) await create({ name: 'gone', prompt, labels: prompt === 'two' ? ['production'] : [] })
    expect((await ask('DELETE', '/api/public/v2/prompts/gone?label=production')).status).toBe(204)
    expect((await ask('GET', '/api/public/v2/prompts?name=gone')).body.data).toMatchObject([{ versions: [1, 3], labels: ['latest'] }])
    expect((await ask('DELETE', '/api/public/v2/prompts/gone?version=3')).status).toBe(204)
    expect((await get('gone', '?label=latest')).body.version).toBe(1)
    expect((await ask('DELETE', '/api/public/v2/prompts/gone')).status).toBe(204)
    expect((await ask('DELETE', '/api/public/v2/prompts/gone')).status).toBe(404)
  })

  test('that is not there is said in the words that clients know', async () => {
    expect(await get('nowhere')).toMatchObject({
      status: 404,
      body: { error: 'LangfuseNotFoundError', message: "Prompt not found: 'nowhere' with label 'production'" },
    })
    expect((await get('nowhere', '?version=3')).body.message).toBe("Prompt not found: 'nowhere' with version 3")
    expect((await get('a\0b')).status).toBe(404)
    expect(await get('nowhere', '?version=1&label=x')).toMatchObject({
      status: 400,
      body: { message: 'Cannot specify both version and label' },
    })
  })

  test.each([
    ['a reserved name', { name: 'new', prompt: 'x' }],
    ['a name with |', { name: 'a|b', prompt: 'x' }],
    ['a long name', { name: 'a'.repeat(256), prompt: 'x' }],
    ['no prompt', { name: 'bad' }],
    ['a text that says chat', { name: 'bad', type: 'chat', prompt: 'x' }],
    ['a chat that says text', { name: 'bad', type: 'text', prompt: [] }],
    ['a label that is none', { name: 'bad', prompt: 'x', labels: ['Production!'] }],
    ['a long message', { name: 'bad', prompt: 'x', commitMessage: 'm'.repeat(501) }],
    ['a message with NUL', { name: 'bad', prompt: 'x', commitMessage: 'a\0b' }],
    [
      'a placeholder that is a variable too',
      {
        name: 'bad',
        type: 'chat',
        prompt: [
          { type: 'placeholder', name: 'q' },
          { role: 'user', content: '{{q}}' },
        ],
      },
    ],
    ['a broken tag', { name: 'bad', prompt: '@@@langfusePrompt:name=x@@@' }],
    ['a tag that leads nowhere', { name: 'bad', prompt: '@@@langfusePrompt:name=nowhere|version=1@@@' }],
    ['itself', { name: 'bad', prompt: '@@@langfusePrompt:name=bad|label=latest@@@' }],
    ['a list as body', []],
  ])('with %s is refused', async (_, body) => {
    const answer = await create(body)
    expect(answer).toMatchObject({ status: 400, body: { error: 'InvalidRequestError', message: expect.any(String) } })
    expect((await ask('GET', '/api/public/v2/prompts?name=bad')).body.data).toEqual([])
  })

  test('asks for the right to read, to write, and to move a label', async () => {
    await create({ name: 'mine', prompt: 'x', labels: ['production'] })
    expect((await get('mine', '', 'caller')).status).toBe(403)
    expect((await get('mine', '', 'reader')).status).toBe(200)
    expect((await create({ name: 'mine', prompt: 'y' }, 'reader')).status).toBe(403)
    expect((await create({ name: 'mine', prompt: 'y' }, 'writer')).status).toBe(201)
    const move = (label: string, key: string) => ask('PATCH', '/api/public/v2/prompts/mine/versions/2', { newLabels: [label] }, key)
    expect((await move('production', 'writer')).status).toBe(403)
    expect((await move('staging', 'pipeline')).status).toBe(403)
    expect((await move('production', 'pipeline')).status).toBe(200)
    expect((await ask('DELETE', '/api/public/v2/prompts/mine', undefined, 'writer')).status).toBe(403)
  })
})
