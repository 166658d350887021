import { z } from 'zod'
import { PromptContent, PromptLabel, PromptType } from './prompt.ts'
import { version } from './prompt-words.ts'

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

export const PromptChange = z.object({
  path: z.string().meta({ description: 'messages[0].content, model.parameters.temperature, tools.refund, …' }),
  kind: z.enum(['added', 'removed', 'changed']),
  before: z.json().optional(),
  after: z.json().optional(),
})
export type PromptChange = z.output<typeof PromptChange>
