import { z } from 'zod'
import { none, type Route, route } from './route.ts'

/** One thing that is configured: a provider, an alias, … As it was written: `${VAR}` stays, secrets are left out. */
export const ConfigEntry = z.object({
  section: z
    .string()
    .meta({ description: 'providers, models, prices, keys, budgets, splits, dashboards, currency, capture, limits or cache.' }),
  name: z.string().meta({ description: 'Empty where a section is one thing, such as capture.' }),
  from: z.enum(['file', 'environment', 'built-in', 'project']),
  hidden: z.boolean().meta({ description: 'Another one of this name is used instead.' }),
  value: z.json(),
})
export type ConfigEntry = z.infer<typeof ConfigEntry>

/** What is in effect for a project, and how the file of the server is doing. */
export const EffectiveConfig = z.object({
  project: z.string(),
  version: z.int().meta({ description: 'Of what edges were given last; every change makes a new one.' }),
  file: z.object({
    name: z.string(),
    version: z.string().meta({ description: 'Of the text that is in effect. Empty where there is no file.' }),
    warnings: z.array(z.string()),
    problem: z
      .object({ at: z.iso.datetime(), problems: z.array(z.string()) })
      .nullable()
      .meta({ description: 'The file was changed to something that is not used: it has errors, and what was in effect before still is.' }),
  }),
  entries: z.array(ConfigEntry),
})
export type EffectiveConfig = z.infer<typeof EffectiveConfig>

/** The rows of the API table about the configuration as a whole. */
export const configApi = {
  'config.get': route({
    method: 'GET',
    path: '/api/v1/config',
    summary: 'What is in effect, from file, environment and project, without secrets',
    access: 'config:read',
    input: none,
    output: EffectiveConfig,
  }),
  'config.apply': route({
    method: 'PUT',
    path: '/api/v1/config',
    summary: 'Replace signalbox.yaml of the server, and put it into effect',
    access: 'config:write',
    input: z.strictObject({
      text: z.string().meta({ description: 'The whole file. `${VAR}` is read from the environment of the server.' }),
      expectedVersion: z
        .string()
        .optional()
        .meta({ description: 'Of the file that this one replaces. Where the server has another one meanwhile, it is a conflict.' }),
    }),
    output: z.object({
      version: z.int().meta({ description: 'Of what edges are given now.' }),
      fileVersion: z.string(),
      warnings: z.array(z.string()),
    }),
  }),
} as const satisfies Record<string, Route>
