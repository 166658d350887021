import { z } from 'zod'
import { PromptLabelName, PromptShare, PromptVersionNumber, plainText } from './prompt.ts'

/** What several tables about prompts ask for. */
const Tag = plainText(100).trim().min(1)
export const tags = z.array(Tag).max(100)
export const description = plainText(2000)
export const why = plainText(2000).trim().meta({ title: 'Why', description: 'Kept with the move, for everybody to read.' })
export const needed = why.min(1, { error: 'say why' })
export const version = PromptVersionNumber
export const ApprovalId = z.string().regex(/^\w{1,100}$/, { error: 'is no id of a request' })
export const versionParam = z.coerce.number().pipe(version)
/** Which version is meant: neither is the label `production`. */
export const which = { version: versionParam.optional(), label: PromptLabelName.optional() }
export const expectedRevision = z.int().min(0).optional().meta({
  description:
    'The revision of the label that was read, 0 where there was none. Where somebody moved it since, it is a conflict that says who.',
})
export const expected = z
  .union([version, z.null()])
  .optional()
  .meta({ description: 'Likewise by the version that the label pointed to; null where there was no such label.' })
export const to = {
  version: version.optional(),
  split: z.array(PromptShare).min(2).max(20).optional().meta({ description: 'Several versions by weight, in place of one.' }),
}
export const oneTarget = <T extends z.ZodObject>(input: T) =>
  input.refine((sent) => (sent.version === undefined) !== (sent.split === undefined), {
    error: 'send either `version` or `split`',
    path: ['version'],
  }) as T
