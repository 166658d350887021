import { expect, it } from 'vitest'
import { readEnvironment } from '../environment.ts'
import { welcome } from './welcome.ts'

const keys = { SIGNALBOX_BOOTSTRAP_PUBLIC_KEY: 'pk-sb-0123456789abcdef', SIGNALBOX_BOOTSTRAP_SECRET_KEY: 'sk-sb-0123456789abcdef' }

it.each([
  ['the new key, once', {}, [{ type: 'first-key' as const, secretKey: 'sk-sb-new' }], 'Bearer sk-sb-new"'],
  ['a variable on later starts', {}, [], 'Bearer $SIGNALBOX_KEY"'],
  ['the variable of the bootstrap pair, not its value', keys, [], 'Bearer $SIGNALBOX_BOOTSTRAP_SECRET_KEY"'],
])('prints a curl with %s', (_, env, told, expected) => {
  expect(welcome(readEnvironment(env), told)).toContain(expected)
})

it('prints the one-time link only when there is one', () => {
  const url = 'http://localhost:7500/login#token=abc'
  expect(welcome(readEnvironment({}), [{ type: 'login-link', url }])).toContain(url)
  expect(welcome(readEnvironment({}), [])).not.toContain('Log in')
})
