/** A whole answer names itself at its top, before anything is nested in it. Gemini has another word for it, and says it last. */
const AT_THE_TOP = /^\s*\{[^{}[\]]{0,300}?"(?:id|responseId)"\s*:\s*"([\w.:-]{8,200})"/
const AT_THE_END = /"responseId"\s*:\s*"([\w.:-]{8,200})"[^{}[\]]*\}\s*$/

/** What a provider calls an answer, from the answer as JSON; '' where it does not say. */
export const answerIdOf = (json: string): string => AT_THE_TOP.exec(json.slice(0, 600))?.[1] ?? AT_THE_END.exec(json.slice(-600))?.[1] ?? ''
