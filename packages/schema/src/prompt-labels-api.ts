import { z } from 'zod'
import {
  LabelProtection,
  MovableLabel,
  PromptEvent,
  PromptEventKind,
  PromptLabel,
  PromptLabelName,
  PromptName,
  PromptShare,
} from './prompt.ts'
import { PromptChange, PromptUse } from './prompt-rows.ts'
import { expected, expectedRevision, oneTarget, to, versionParam, why } from './prompt-words.ts'
import { cursor, jsonParam, limit, nextCursor, none, ok, type Route, route, window } from './route.ts'

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

/** The rows of the API table about labels: where they point, who may move them, and what was done. */
export const promptLabelsApi = {
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
