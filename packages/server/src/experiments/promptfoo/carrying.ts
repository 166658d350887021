import { textOf } from '../../evaluators/row.ts'
import type { Carrying, EvalCase, Kept } from '../plan.ts'
import { isRecord, type Json, type TestCase } from './types.ts'

/** A case of a configuration: `fill` makes it again with other vars, those of its own before theirs are filled in. */
export type CarryingCase = EvalCase & { test: TestCase; fill(more: Json): EvalCase }

const CONVERSATION = '_conversation'

/**
 * What later tests know of the answers before: `options.storeOutputAs` names a var, and `_conversation` holds the turns of the same
 * `metadata.conversationId`.
 */
export const carrying: Carrying = {
  into(one, kept) {
    const more: Json = {}
    for (const [name, value] of kept) if (!name.startsWith(CONVERSATION)) more[name] = value
    const { test, fill } = one as CarryingCase
    return fill({ ...more, ...(test.options.disableConversationVar !== true && { [CONVERSATION]: turnsOf(test, kept) }) })
  },
  keep(one, output, kept) {
    const { test } = one as CarryingCase
    const { storeOutputAs } = test.options
    if (typeof storeOutputAs === 'string' && storeOutputAs !== '') kept.set(storeOutputAs, textOf(output))
    const { input, question, query, message, prompt } = one.vars
    const asked = message ?? question ?? query ?? input ?? prompt ?? lastText(one.vars)
    kept.set(conversationOf(test), [...turnsOf(test, kept), { input: textOf(asked), prompt: textOf(asked), output: textOf(output) }])
  },
}

/** Whether anything of a configuration builds on earlier answers. */
export const carries = ({ options }: TestCase): boolean =>
  (typeof options.storeOutputAs === 'string' && options.storeOutputAs !== '') || options.runSerially === true
export const conversesIn = (prompt: string): boolean => prompt.includes(CONVERSATION)

const conversationOf = ({ metadata }: TestCase): string => `${CONVERSATION} ${textOf(metadata?.conversationId)}`
const turnsOf = (test: TestCase, kept: Kept): unknown[] => (kept.get(conversationOf(test)) as unknown[] | undefined) ?? []

/** Where no var has one of the usual names: the last text among them. */
const lastText = (vars: Json): unknown =>
  Object.entries(vars)
    .filter(([name, value]) => name !== 'env' && name !== CONVERSATION && !isRecord(value) && !Array.isArray(value))
    .at(-1)?.[1]
