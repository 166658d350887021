/** What ends a call before any provider is asked: a limit, a budget, a permission. The error type of its span. */
export const REFUSALS = ['rate-limited', 'budget-exceeded', 'permission-denied'] as const
export type Refusal = (typeof REFUSALS)[number]

/** Whether an error type says that a call was never made. Errors of providers are written with an underscore. */
export const isRefusal = (errorType: string): errorType is Refusal => (REFUSALS as readonly string[]).includes(errorType)
