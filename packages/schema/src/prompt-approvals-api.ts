import { z } from 'zod'
import { MovableLabel, PromptApproval, PromptName, plainText } from './prompt.ts'
import { ApprovalId, needed, oneTarget, to } from './prompt-words.ts'
import { cursor, limit, nextCursor, type Route, route } from './route.ts'

/** The rows of the API table about moves that wait for a second person. */
export const promptApprovalsApi = {
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
} as const satisfies Record<string, Route>
