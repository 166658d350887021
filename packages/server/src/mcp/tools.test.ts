import { api, Permission } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { inputSchemaOf } from './input-schema.ts'
import { TOOLS } from './tools.ts'

test('each name once', () => {
  expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length)
})

describe.each(TOOLS.map((tool) => [tool.name, tool] as const))('%s', (_, tool) => {
  const route = api[tool.route]

  test('is a row that a key may use', () => {
    expect(Permission.options).toContain(route.access)
  })

  test('says that it writes where it does', () => {
    const reads = route.method === 'GET' || tool.route === 'query.run'
    expect(tool.writes === true).toBe(!reads)
  })

  test('says what it takes: no input without a type', () => {
    const { properties, required } = inputSchemaOf(route, tool)
    for (const [name, schema] of Object.entries(properties)) expect(schema, name).not.toEqual({})
    for (const name of [...required, ...Object.keys(tool.defaults ?? {})]) expect(properties).toHaveProperty(name)
    for (const name of tool.without ?? []) expect(properties).not.toHaveProperty(name)
  })
})
