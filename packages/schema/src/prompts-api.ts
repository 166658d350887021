import { z } from 'zod'
import { MovableLabel, PromptContent, PromptLabelName, PromptName, PromptType, plainText } from './prompt.ts'
import { PromptChange, PromptRow, PromptUse, PromptVersion, PromptVersionRow } from './prompt-rows.ts'
import { description, tags, version, versionParam, which } from './prompt-words.ts'
import { cursor, limit, nextCursor, ok, type Route, route, window } from './route.ts'

const measures = {
  calls: z.int(),
  errors: z.int(),
  errorRate: z.number().nullable(),
  costUsd: z.string().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  inputTokens: z.int(),
  outputTokens: z.int(),
}
const PromptScore = z.object({ name: z.string(), count: z.int(), mean: z.number() })
export const PromptUsage = z.object({
  versions: z.array(
    z.object({
      version: z.int().nullable(),
      ...measures,
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
      scores: z.array(PromptScore),
    }),
  ),
  buckets: z.array(z.object({ at: z.iso.datetime(), version: z.int().nullable(), ...measures })),
})
export type PromptUsage = z.output<typeof PromptUsage>

const PromptPreview = z.object({
  text: z.string().nullable(),
  messages: z.array(z.record(z.string(), z.json())).nullable(),
  missing: z.array(z.string()).meta({ description: 'Variables that it uses and that were not given.' }),
  variables: z.array(z.string()),
  model: z.string().nullable(),
  inputTokens: z.int().meta({ description: 'Estimated, with tools and schema.' }),
  inputCostUsd: z.string().nullable().meta({ description: 'null where the price of the model is not known.' }),
})

/** The rows of the API table about prompts and their versions. */
export const promptsApi = {
  'prompts.list': route({
    method: 'GET',
    path: '/api/v1/prompts',
    summary: 'List prompts by name, with folders',
    access: 'prompts:read',
    input: z.object({
      folder: plainText(255)
        .optional()
        .meta({ description: 'Only directly in this folder; empty is the top. With it `folders` is answered.' }),
      search: plainText(200).optional().meta({ description: 'In names, descriptions and tags.' }),
      tag: plainText(100).optional(),
      label: PromptLabelName.optional().meta({ description: 'Only those that have this label.' }),
      type: PromptType.optional(),
      archived: z.enum(['true', 'false']).default('false').meta({ description: 'Those that are archived, in place of the others.' }),
      limit,
      cursor,
    }),
    output: z.object({
      prompts: z.array(PromptRow),
      folders: z.array(z.object({ name: z.string().meta({ description: 'The whole path.' }), count: z.int() })),
      tags: z.array(z.string()).meta({ description: 'All that are used in the project.' }),
      total: z.int(),
      nextCursor,
    }),
  }),
  'prompts.get': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}',
    summary: 'One version of a prompt: by version, by label, else what `production` points to. Answers 304 to a matching If-None-Match',
    access: 'prompts:read',
    etag: true,
    input: z.object({
      name: PromptName,
      ...which,
      session: z.string().max(500).optional().meta({ description: 'Of a split: the same session always gets the same version.' }),
    }),
    output: PromptVersion,
  }),
  'prompts.create': route({
    method: 'POST',
    path: '/api/v1/prompts',
    summary: 'Save a version; the first one makes the prompt. What is there already is answered, not made again',
    access: 'prompts:write',
    input: z.strictObject({
      name: PromptName,
      content: PromptContent,
      message: plainText(500).default('').meta({ description: 'What is different, as in a commit.' }),
      labels: z.array(MovableLabel).max(20).default([]).meta({ description: 'Point to it at once. Needs the right to move them.' }),
      tags: tags.optional().meta({ description: 'Of the prompt; what is left out stays.' }),
      description: description.optional(),
      expectedLatest: z
        .union([version, z.literal(0)])
        .optional()
        .meta({ description: 'The newest version that was read: with another one it is a conflict.' }),
    }),
    output: PromptVersion.extend({ created: z.boolean().meta({ description: 'false: this content is this version already.' }) }),
  }),
  'prompts.change': route({
    method: 'PATCH',
    path: '/api/v1/prompts/{name}',
    summary: 'Change what describes a prompt, archive it or take it out of the archive',
    access: 'prompts:write',
    input: z.strictObject({
      name: PromptName,
      description: description.optional(),
      tags: tags.optional(),
      archived: z.boolean().optional(),
    }),
    output: PromptRow,
  }),
  'prompts.remove': route({
    method: 'DELETE',
    path: '/api/v1/prompts/{name}',
    summary: 'Delete a prompt with its versions, or one version. Refused where something uses it',
    access: 'prompts:write',
    input: z.object({ name: PromptName, version: versionParam.optional() }),
    output: ok,
  }),
  'prompts.versions': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}/versions',
    summary: 'The versions of a prompt, newest first',
    access: 'prompts:read',
    input: z.object({ name: PromptName, limit, cursor }),
    output: z.object({ versions: z.array(PromptVersionRow), nextCursor }),
  }),
  'prompts.diff': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}/diff',
    summary: 'What is different between two versions',
    access: 'prompts:read',
    input: z.object({ name: PromptName, from: versionParam, to: versionParam }),
    output: z.object({ from: PromptVersion, to: PromptVersion, changes: z.array(PromptChange) }),
  }),
  'prompts.usedBy': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}/used-by',
    summary: 'Prompts that include this one, also through others',
    access: 'prompts:read',
    input: z.object({ name: PromptName, ...which }),
    output: z.object({ uses: z.array(PromptUse) }),
  }),
  'prompts.usage': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}/usage',
    summary: 'Calls, cost, latency, errors and scores of each version, and over time',
    access: 'traces:read',
    input: z.object({ name: PromptName, ...window, bucket: z.enum(['hour', 'day']).default('day') }),
    output: PromptUsage,
  }),
  'prompts.preview': route({
    method: 'POST',
    path: '/api/v1/prompt-preview',
    summary: 'Render a version, or content that is not saved, with variables; count its tokens and what they cost',
    access: 'prompts:read',
    input: z.strictObject({
      name: PromptName.optional(),
      version: version.optional(),
      label: PromptLabelName.optional(),
      content: PromptContent.optional().meta({ description: 'In place of a saved version.' }),
      variables: z.record(z.string(), z.json()).default({}),
      model: z.string().max(300).optional().meta({ description: 'In place of the route of the prompt: an alias or provider/model.' }),
    }),
    output: PromptPreview,
  }),
} as const satisfies Record<string, Route>
