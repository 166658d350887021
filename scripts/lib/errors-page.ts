import { ERRORS } from '../../packages/schema/src/errors.ts'

/** The page of all errors, in the order of the list. */
export function errorsPage(): string {
  const sections = Object.entries(ERRORS).map(
    ([code, { status, retryable, hint }]) =>
      `## ${code}\n\nStatus ${status}. ${retryable ? 'Trying again may help.' : 'Trying again does not help.'}\n\n${hint}\n`,
  )
  return `${HEAD}\n${sections.join('\n')}`
}

const HEAD = `# Errors

Every error of the API is \`{ "error": { "code", "message", "hint", "docs", "requestId" } }\` with one of these codes. The message says what
happened in this case, the hint what to do. \`requestId\` is the header \`x-request-id\` of the answer; the log has it beside everything that went wrong
inside. On the gateway the same errors have the shape of the client's dialect, and the header. Made from \`packages/schema/src/errors.ts\`.
`
