import type { AppError } from '@signalbox/schema'

const STATUS_TYPES: Record<number, string> = {
  400: 'bad_request',
  401: 'auth',
  403: 'auth',
  404: 'not_found',
  408: 'timeout',
  413: 'too_large',
  422: 'bad_request',
  429: 'rate_limit',
  503: 'overloaded',
  529: 'overloaded',
}
/** The sort of failure that a status of the provider is, as it is recorded. */
export const statusErrorType = (status: number): string => STATUS_TYPES[status] ?? (status >= 500 ? 'upstream_5xx' : 'upstream_4xx')

const CODE_TYPES: Partial<Record<AppError['code'], string>> = {
  'provider-timeout': 'timeout',
  'provider-auth': 'auth',
  'client-closed': 'client_closed',
  'disk-full': 'disk_full',
}
/** The same for an error of our own. */
export const errorTypeOf = (error: AppError): string => CODE_TYPES[error.code] ?? 'connection'
