import { ERRORS } from '@signalbox/schema'

/** `/docs/errors`, where the `docs` of every error points: all codes, with status, whether to try again, and what to do. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retryable, hint }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${retryable ? 'yes' : 'no'}</td><td>${escapeHtml(hint)}</td></tr>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Errors · Signalbox</title><style>
:root { color-scheme: light dark; font: 13px/20px system-ui, sans-serif }
body { max-width: 880px; margin: 40px auto; padding: 0 24px }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); vertical-align: top }
tr:target { outline: 2px solid #2563eb }
</style></head><body><h1>Errors</h1>
<p>Every error of the API: <code>{ error: { code, message, hint, docs, requestId } }</code>. The message says what was wrong in this case, the hint what to do.
The request id is also the header <code>x-request-id</code> of the answer, and stands in the log beside what went wrong.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>Try again</th><th>What to do</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></body></html>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
