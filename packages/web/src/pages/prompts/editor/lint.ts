/** What a text reads, as the engines tell it. */
export type Used = { name: string; isOptional: boolean; isMaybe: boolean }
export type Finding = { name: string; says: string; kind: 'undescribed' | 'unused' | 'twice' }
export type Described = { names: ReadonlySet<string>; required: ReadonlySet<string>; properties: Readonly<Record<string, unknown>> }

/** The variables that a JSON schema describes; `null` where there is none, or none that can be read. */
export function describedBy(schema: string): Described | null {
  try {
    const { properties, required } = JSON.parse(schema) as { properties?: unknown; required?: unknown }
    const found = typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {}
    return { names: new Set(Object.keys(found)), required: new Set(Array.isArray(required) ? required.map(String) : []), properties: found }
  } catch {
    return null
  }
}

/** Variables that the texts read and nobody described, and those that were described and nobody reads. */
export function lintVariables(used: readonly Used[], described: Described | null, placeholders: readonly string[]): Finding[] {
  const twice = used
    .filter(({ name }) => placeholders.includes(name))
    .map(({ name }): Finding => ({ name, kind: 'twice', says: 'is both a variable and a placeholder for messages' }))
  if (!described) return twice
  const reads = new Set([...used.map(({ name }) => name), ...placeholders])
  return [
    ...used
      .filter(({ name, isMaybe }) => !(described.names.has(name) || isMaybe || placeholders.includes(name)))
      .map(({ name }): Finding => ({ name, kind: 'undescribed', says: 'is used, but not in the schema' })),
    ...[...described.names]
      .filter((name) => !reads.has(name))
      .map((name): Finding => ({ name, kind: 'unused', says: 'is in the schema, but not used' })),
    ...twice,
  ]
}

/** A schema for what the texts read: what stands in the old one stays, what nobody reads goes. */
export function schemaFor(used: readonly Used[], described: Described | null, placeholders: readonly string[]): string {
  const named = used.filter(({ isMaybe, name }) => !isMaybe || described?.names.has(name))
  const properties = {
    ...Object.fromEntries(named.map(({ name }) => [name, described?.properties[name] ?? { type: 'string' }])),
    ...Object.fromEntries(placeholders.map((name) => [name, described?.properties[name] ?? { type: 'array' }])),
  }
  const required = named
    .filter(({ name, isOptional }) => (described?.names.has(name) ? described.required.has(name) : !isOptional))
    .map(({ name }) => name)
  return JSON.stringify({ type: 'object', properties, ...(required.length > 0 && { required }) }, null, 2)
}
