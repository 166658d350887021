import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lintPrompts } from './lint.ts'
import { planSync } from './plan-sync.ts'
import { readPromptFile } from './prompt-file.ts'
import { named, pathOf, readPromptFolder } from './read-folder.ts'
import { readSyncState, writeSyncState } from './sync-state.ts'

const lint = async (...texts: string[]) =>
  (await lintPrompts(texts.map((text, index) => readPromptFile(text, `${index}.prompt.yaml`)))).map(
    ({ severity, message }) => `${severity} ${message}`,
  )

test('templates that are none, in any engine, with their place', async () => {
  expect(await lint('name: a\ntext: "{{#open}}"\n')).toEqual([
    expect.stringMatching(/^error 0\.prompt\.yaml:2:7 text is no mustache template\. .*open/),
  ])
  expect(
    await lint('name: a\nengine: jinja\nmessages:\n  - { role: user, content: ok }\n  - { role: user, content: "{% if x %}" }\n'),
  ).toEqual([expect.stringMatching(/^error 0\.prompt\.yaml:5:\d+ messages\[1\]\.content is no jinja template/)])
  expect(await lint('name: a\nengine: liquid\ntext: "{% for %}"\n')).toHaveLength(1)
})

test('variables that the schema does not know, and those that nobody uses', async () => {
  const found = await lint(`name: a
input: { schema: { type: object, properties: { customer: {}, unused: {}, history: {} }, required: [custmer] } }
messages:
  - { role: system, content: "{{custommer}} {{#customer}}{{name}}{{/customer}}" }
  - { type: placeholder, name: history }
`)
  expect(found).toEqual([
    'error 0.prompt.yaml:4:30 messages[0].content uses {{custommer}}, which input.schema does not describe. Did you mean `customer`?',
    expect.stringMatching(/^error .*required names custmer, which properties do not describe\. Did you mean `customer`\?/),
    expect.stringMatching(/^warning .*properties\.unused is described, and no text uses it\./),
  ])
  expect(await lint('name: a\ntext: "{{whatever}}"\n')).toEqual([])
})

test('fragments that nobody has, that are chats, and circles of them', async () => {
  const chat = 'name: chat\nmessages: [{ role: user, content: x }]\n'
  expect(await lint('name: a\ntext: "{{> shared/tne@production}} {{> chat}}"\n', 'name: shared/tone\ntext: x\n', chat)).toEqual([
    expect.stringContaining('includes shared/tne@production, and there is no prompt shared/tne. Did you mean `shared/tone`?'),
    expect.stringContaining('includes chat@production, which is a chat'),
  ])
  const circle = await lint(
    'name: a\ntext: "{{> b}}"\n',
    'name: b\ntext: "{{> c@2}}"\n',
    'name: c\ntext: "{{> a}}"\n',
    'name: d\ntext: "{{> a}}"\n',
  )
  expect(circle).toEqual([
    expect.stringContaining('includes itself: a → b → c → a.'),
    expect.stringContaining('includes itself: b → c → a → b.'),
    expect.stringContaining('includes itself: c → a → b → c.'),
    expect.stringContaining('more than 5 deep'),
  ])
  const elsewhere = await lintPrompts([readPromptFile('name: a\ntext: "{{> there}}"\n', 'x')], new Set(['there']))
  expect(elsewhere).toEqual([])
})

test.each([
  [{ base: 'a', here: 'a', there: 'a' }, 'none'],
  [{ base: undefined, here: 'a', there: 'a' }, 'same'],
  [{ base: 'a', here: 'b', there: 'b' }, 'same'],
  [{ base: 'a', here: 'b', there: 'a' }, 'push'],
  [{ base: 'a', here: 'a', there: 'b' }, 'pull'],
  [{ base: 'a', here: 'b', there: 'c' }, 'conflict'],
  [{ base: undefined, here: 'b', there: 'c' }, 'conflict'],
  [{ base: undefined, here: 'a', there: undefined }, 'push'],
  [{ base: undefined, here: undefined, there: 'a' }, 'pull'],
  [{ base: 'a', here: undefined, there: 'a' }, 'gone-here'],
  [{ base: 'a', here: 'a', there: undefined }, 'gone-there'],
  [{ base: 'a', here: undefined, there: 'b' }, 'conflict'],
  [{ base: 'a', here: 'b', there: undefined }, 'conflict'],
  [{ base: 'a', here: undefined, there: undefined }, 'forget'],
] as const)('%j is %s', (sides, action) => {
  expect(planSync(sides)).toBe(action)
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

test('a folder: what cannot be read keeps nothing else from being read', async () => {
  put('support/refund.prompt.yaml', 'name: support/refund\ntext: x\n')
  put('b.prompt.yaml', 'name: b\ntxt: x\n')
  put('copy.prompt.yaml', 'name: support/refund\ntext: y\n')
  put('notes.yaml', 'a: 1\n')
  const { files, problems } = await readPromptFolder(folder)
  expect(files.map(({ name }) => name)).toEqual(['support/refund'])
  expect(problems.join('\n')).toMatch(
    /b\.prompt\.yaml:2:1 txt is not a known key[\s\S]*name support\/refund is the name of .*copy\.prompt\.yaml already/,
  )
  expect(() => named(files, ['support/refnd'])).toThrow('Did you mean `support/refund`?')
  await expect(readPromptFolder(join(folder, 'nothing'))).rejects.toThrow('no such folder')
})

test('a file stays in its folder, whatever the name', () => {
  expect(pathOf('prompts', 'support/refund')).toBe('prompts/support/refund.prompt.yaml')
  expect(pathOf('prompts', '../../etc/passwd')).toBe('prompts/%2E%2E/%2E%2E/etc/passwd.prompt.yaml')
  expect(pathOf('prompts', 'a:b/c*')).toBe('prompts/a%3Ab/c%2A.prompt.yaml')
})

test('the state is read as it was written; what Git left in it is said', async () => {
  expect(await readSyncState(folder)).toEqual({ version: 1, prompts: {} })
  await writeSyncState(folder, { version: 1, prompts: { b: { version: 2, hash: 'h' }, a: { version: 1, hash: 'g' } } })
  expect(Object.keys((await readSyncState(folder)).prompts)).toEqual(['a', 'b'])
  put('.signalbox-sync.json', '<<<<<<< HEAD\n{}\n=======\n')
  await expect(readSyncState(folder)).rejects.toThrow('a merge of Git is not finished')
})
