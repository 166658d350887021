import { z } from 'zod'
import { ERRORS } from './errors.ts'
import type { Access, Route } from './route.ts'

type Json = Record<string, unknown>

/** The API table as an OpenAPI 3.1 document. */
export function toOpenApi(api: Record<string, Route>, version: string): Json {
  const paths: Record<string, Json> = {}
  for (const [operationId, route] of Object.entries(api)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(operationId, route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox', version, license: { name: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The secret key, sk-sb-…' },
        basic: { type: 'http', scheme: 'basic', description: 'Public key as user, secret key as password.' },
        session: { type: 'apiKey', in: 'cookie', name: 'signalbox_session' },
      },
      schemas: { Error: errorSchema },
    },
  }
}

function operation(operationId: string, { path, method, summary, access, input, output }: Route): Json {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  const inPath = new Set([...path.matchAll(/{(\w+)}/g)].map((match) => match[1]))
  const properties = Object.entries(schema.properties ?? {})
  const inBody = method !== 'GET' && method !== 'DELETE'
  const parameters = properties
    .filter(([name]) => inPath.has(name) || !inBody)
    .map(([name, property]) => ({
      name,
      in: inPath.has(name) ? 'path' : 'query',
      required: inPath.has(name) || (schema.required ?? []).includes(name),
      schema: property,
    }))
  const body = Object.fromEntries(properties.filter(([name]) => !inPath.has(name)))
  const required = (schema.required ?? []).filter((name) => !inPath.has(name))
  return {
    operationId,
    summary,
    security: securityOf(access),
    ...(parameters.length > 0 && { parameters }),
    ...(inBody && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', properties: body, required, additionalProperties: false } } },
      },
    }),
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema: z.toJSONSchema(output, { unrepresentable: 'any' }) } } },
      default: { description: 'Error', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  }
}

function securityOf(access: Access): Json[] {
  if (access === 'public') return []
  if (access === 'session' || access === 'organisation:write') return [{ session: [] }]
  return [{ bearer: [access] }, { basic: [access] }, { session: [] }]
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'hint', 'docs'],
      properties: {
        code: { enum: Object.keys(ERRORS) },
        message: { type: 'string' },
        hint: { type: 'string' },
        docs: { type: 'string' },
        requestId: { type: 'string' },
      },
    },
  },
}
