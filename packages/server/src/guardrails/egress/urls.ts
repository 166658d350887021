import { z } from 'zod'
import { check, type Found } from '../check.ts'
import { judgeUrl, type UrlFault } from './judge-url.ts'
import { linksOf } from './links.ts'

export const SAYS: Record<UrlFault, string> = {
  SCHEME: 'an address of a kind that is not allowed',
  USERINFO: 'an address with a name or password in it',
  PRIVATE_HOST: 'an address inside of a network',
  NOT_ALLOWED: 'an address outside of the list',
  CARRIES_DATA: 'an address that carries data in its path or query',
}

const Domain = z.string().trim().min(1).max(255)
export const UrlParams = {
  allow: z
    .array(Domain)
    .max(2_000)
    .default([])
    .meta({ description: 'Hosts and domains that may be led to, with their subdomains; `*` is all.' }),
  schemes: z.array(z.string().regex(/^[a-z][a-z0-9+.-]*$/)).default(['https', 'http', 'mailto', 'tel']),
  maxData: z
    .int()
    .min(0)
    .max(10_000)
    .default(32)
    .meta({ description: 'Characters that look like data in an address that is not on the list.' }),
}

export const urls = check({
  id: 'urls',
  title: 'Addresses that are not to be led to',
  catches:
    'Links, pictures and bare addresses whose scheme runs code, that hold a password, lead into a private network, or outside of the list; ' +
    'also open redirects of listed hosts.',
  misses: 'What a listed host does with what it is sent. Without a list only the form of an address is judged.',
  cost: 'cpu',
  stages: ['before', 'after', 'tool_call', 'tool_result', 'log'],
  action: 'flag',
  version: 1,
  params: z.strictObject({ ...UrlParams, maxData: UrlParams.maxData.default(10_000) }),
  prepare(policy) {
    return {
      run({ text }) {
        return linksOf(text).flatMap(({ url, start, end }): Found[] => {
          const fault = judgeUrl(url, policy)?.faults[0]
          return fault === undefined ? [] : [{ type: `URL_${fault}`, start, end, score: 1, reason: SAYS[fault] }]
        })
      },
    }
  },
})
