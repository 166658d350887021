import { z } from 'zod'
import {
  LabelProtection,
  MovableLabel,
  PromptApproval,
  PromptContent,
  PromptEvent,
  PromptEventKind,
  PromptLabel,
  PromptLabelName,
  PromptName,
  PromptShare,
  PromptType,
  PromptVersionNumber,
  plainText,
} from './prompt.ts'
import { cursor, jsonParam, limit, nextCursor, none, ok, type Route, route, window } from './route.ts'

const Tag = plainText(100).trim().min(1)
const tags = z.array(Tag).max(100)
const description = plainText(2000)
const why = plainText(2000).trim().meta({ title: 'Why', description: 'Kept with the move, for everybody to read.' })
const needed = why.min(1, { error: 'say why' })
const version = PromptVersionNumber
const ApprovalId = z.string().regex(/^\w{1,100}$/, { error: 'is no id of a request' })
const versionParam = z.coerce.number().pipe(version)
/** Which version is meant: neither is the label `production`. */
const which = { version: versionParam.optional(), label: PromptLabelName.optional() }
const expectedRevision = z.int().min(0).optional().meta({
  description:
    'The revision of the label that was read, 0 where there was none. Where somebody moved it since, it is a conflict that says who.',
})
const expected = z
  .union([version, z.null()])
  .optional()
  .meta({ description: 'Likewise by the version that the label pointed to; null where there was no such label.' })
const to = {
  version: version.optional(),
  split: z.array(PromptShare).min(2).max(20).optional().meta({ description: 'Several versions by weight, in place of one.' }),
}
const oneTarget = <T extends z.ZodObject>(input: T) =>
  input.refine((sent) => (sent.version === undefined) !== (sent.split === undefined), {
    error: 'send either `version` or `split`',
    path: ['version'],
  }) as T

/** What every answer about a prompt begins with. */
const about = {
  name: z.string(),
  type: PromptType,
  description: z.string(),
  tags: z.array(z.string()),
  latestVersion: z.int(),
  versionCount: z.int(),
  labels: z.array(PromptLabel).meta({ description: 'Without `latest`.' }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  archivedAt: z.iso.datetime().nullable(),
}
export const PromptRow = z.object(about)
export type PromptRow = z.output<typeof PromptRow>

const aboutVersion = {
  version,
  hash: z.string().meta({ description: 'SHA-256 of the content as canonical JSON, hex. The same content is the same version.' }),
  message: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  labels: z.array(z.string()).meta({ description: 'That point to it, `latest` too; of splits those that hold it.' }),
}
export const PromptVersionRow = z.object(aboutVersion)
export type PromptVersionRow = z.output<typeof PromptVersionRow>

export const PromptFragment = z.object({
  name: z.string(),
  label: z.string().nullable(),
  version: z.int().nullable().meta({ description: 'Which version stands here now; null where there is none.' }),
  problem: z.string().nullable(),
  fragments: z.array(z.string()).meta({ description: 'What it includes itself, as name@label or name@version.' }),
})
export type PromptFragment = z.output<typeof PromptFragment>

/** One version of a prompt. */
export const PromptVersion = z.object({
  ...aboutVersion,
  prompt: PromptRow,
  content: PromptContent,
  resolved: PromptContent.nullable().meta({ description: 'The same with its fragments filled in; null where they cannot be.' }),
  fragments: z.array(PromptFragment).meta({ description: 'All that it includes, also through others.' }),
})
export type PromptVersion = z.output<typeof PromptVersion>

/** Where something is used, which is why it cannot be deleted. */
export const PromptUse = z.object({
  prompt: z.string(),
  version: z.int(),
  labels: z.array(z.string()),
  through: z.string().meta({ description: 'What it includes, as name@label or name@version.' }),
})
export type PromptUse = z.output<typeof PromptUse>

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

export const PromptChange = z.object({
  path: z.string().meta({ description: 'messages[0].content, model.parameters.temperature, tools.refund, …' }),
  kind: z.enum(['added', 'removed', 'changed']),
  before: z.json().optional(),
  after: z.json().optional(),
})
export type PromptChange = z.output<typeof PromptChange>

const Caller = z.object({
  by: z.enum(['key', 'service', 'environment']),
  value: z.string(),
  name: z.string().nullable(),
  calls: z.int(),
  lastAt: z.iso.datetime(),
})
export const PromptImpact = z.object({
  from: z.array(z.int()).meta({ description: 'Versions that the label points to now.' }),
  to: z.array(z.int()),
  changes: z.array(PromptChange).meta({ description: 'What is different, fragments filled in.' }),
  routes: z.array(z.object({ kind: z.enum(['model', 'split', 'dashboard']), name: z.string(), how: z.string() })).meta({
    description: 'Routes and pages that name this prompt, or that its model goes through.',
  }),
  includedBy: z.array(PromptUse).meta({ description: 'Prompts whose text changes with it.' }),
  callers: z.array(Caller).meta({ description: 'Who used the label in the last seven days, by spans.' }),
  problems: z.array(z.string()).meta({ description: 'Why the move would be refused.' }),
})
export type PromptImpact = z.output<typeof PromptImpact>

const PromptPreview = z.object({
  text: z.string().nullable(),
  messages: z.array(z.record(z.string(), z.json())).nullable(),
  missing: z.array(z.string()).meta({ description: 'Variables that it uses and that were not given.' }),
  variables: z.array(z.string()),
  model: z.string().nullable(),
  inputTokens: z.int().meta({ description: 'Estimated, with tools and schema.' }),
  inputCostUsd: z.string().nullable().meta({ description: 'null where the price of the model is not known.' }),
})

/** The rows of the API table about prompts. */
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
  'prompts.labels': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}/labels',
    summary: 'The labels of a prompt and where they point',
    access: 'prompts:read',
    input: z.object({ name: PromptName }),
    output: z.object({ labels: z.array(PromptLabel), latestVersion: z.int() }),
  }),
  'prompts.setLabel': route({
    method: 'PUT',
    path: '/api/v1/prompts/{name}/labels/{label}',
    summary: 'Point a label to a version, or divide it between several',
    access: 'prompts:read',
    input: oneTarget(z.strictObject({ name: PromptName, label: MovableLabel, ...to, why: why.default(''), expected, expectedRevision })),
    output: PromptLabel,
  }),
  'prompts.removeLabel': route({
    method: 'DELETE',
    path: '/api/v1/prompts/{name}/labels/{label}',
    summary: 'Take a label away. Refused where something uses it',
    access: 'prompts:read',
    input: z.object({ name: PromptName, label: MovableLabel, why: why.default('') }),
    output: ok,
  }),
  'prompts.rollback': route({
    method: 'POST',
    path: '/api/v1/prompts/{name}/labels/{label}/rollback',
    summary: 'Point a label to where it pointed before its last move',
    access: 'prompts:read',
    input: z.strictObject({ name: PromptName, label: MovableLabel, why: why.default(''), expected, expectedRevision }),
    output: PromptLabel,
  }),
  'prompts.impact': route({
    method: 'GET',
    path: '/api/v1/prompts/{name}/labels/{label}/impact',
    summary: 'What changes if a label is moved: text, routes, prompts that include it, callers',
    access: 'prompts:read',
    input: oneTarget(
      z.object({
        name: PromptName,
        label: MovableLabel,
        version: versionParam.optional(),
        split: jsonParam(z.array(PromptShare).min(2).max(20)).optional(),
      }),
    ),
    output: PromptImpact,
  }),
  'prompts.events': route({
    method: 'GET',
    path: '/api/v1/prompt-events',
    summary: 'What was done to prompts, newest first: who, from, to, why, approved by whom',
    access: 'prompts:read',
    input: z.object({
      name: PromptName.optional(),
      label: PromptLabelName.optional(),
      kind: PromptEventKind.optional(),
      ...window,
      limit,
      cursor,
    }),
    output: z.object({ events: z.array(PromptEvent), nextCursor }),
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
  'prompts.approvals': route({
    method: 'GET',
    path: '/api/v1/prompt-approvals',
    summary: 'Moves of labels that somebody asked for, newest first',
    access: 'prompts:read',
    input: z.object({ name: PromptName.optional(), status: PromptApproval.shape.status.optional(), limit, cursor }),
    output: z.object({ approvals: z.array(PromptApproval), nextCursor }),
  }),
  'prompts.approval': route({
    method: 'GET',
    path: '/api/v1/prompt-approvals/{id}',
    summary: 'One request for approval with its comments',
    access: 'prompts:read',
    input: z.object({ id: ApprovalId }),
    output: PromptApproval,
  }),
  'prompts.requestApproval': route({
    method: 'POST',
    path: '/api/v1/prompt-approvals',
    summary: 'Ask a second person to let a label be moved',
    access: 'prompts:write',
    input: oneTarget(z.strictObject({ name: PromptName, label: MovableLabel, ...to, why: needed })),
    output: PromptApproval,
  }),
  'prompts.approve': route({
    method: 'POST',
    path: '/api/v1/prompt-approvals/{id}/approve',
    summary: 'Approve a move, which is made at once. Never by who asked for it, and only by an account',
    access: 'prompts:promote',
    input: z.strictObject({ id: ApprovalId, comment: plainText(2000).optional() }),
    output: PromptApproval,
  }),
  'prompts.reject': route({
    method: 'POST',
    path: '/api/v1/prompt-approvals/{id}/reject',
    summary: 'Reject a move, or withdraw the own request',
    access: 'prompts:write',
    input: z.strictObject({ id: ApprovalId, comment: plainText(2000).optional() }),
    output: PromptApproval,
  }),
  'prompts.comment': route({
    method: 'POST',
    path: '/api/v1/prompt-approvals/{id}/comments',
    summary: 'Say something about a request',
    access: 'prompts:write',
    input: z.strictObject({ id: ApprovalId, text: plainText(2000).trim().min(1) }),
    output: PromptApproval,
  }),
  'prompts.protections': route({
    method: 'GET',
    path: '/api/v1/prompt-protections',
    summary: 'The labels that not everybody may move',
    access: 'prompts:read',
    input: none,
    output: z.object({ protections: z.array(LabelProtection) }),
  }),
  'prompts.protect': route({
    method: 'PUT',
    path: '/api/v1/prompt-protections/{label}',
    summary: 'Protect a label in all prompts of the project: by role, or by a second person',
    access: 'prompts:protect',
    input: z.strictObject({ label: MovableLabel, needs: LabelProtection.shape.needs, why: why.default('') }),
    output: LabelProtection,
  }),
  'prompts.unprotect': route({
    method: 'DELETE',
    path: '/api/v1/prompt-protections/{label}',
    summary: 'Let everybody move a label again who may move labels',
    access: 'prompts:protect',
    input: z.object({ label: MovableLabel, why: why.default('') }),
    output: ok,
  }),
} as const satisfies Record<string, Route>
