import { z } from 'zod'
import { check, type Found } from '../check.ts'
import { judgeUrl } from './judge-url.ts'
import { type Link, linksOf } from './links.ts'
import { SAYS, UrlParams } from './urls.ts'

// Tags that run, post or draw in what is not the answer.
const ACTIVE =
  /<(?:script|iframe|object|embed|form|base|link|meta|svg|math|template|frame|applet|portal)\b[^>]{0,4000}>|<[a-z][^>]{0,4000}\son[a-z]{3,20}\s{0,4}=[^>]{0,2000}>/gi

export const egress = check({
  id: 'egress',
  title: 'Answers that send data away',
  catches:
    'Pictures from hosts outside of the list (they are fetched without a click), links that carry data in their path or query unless the ' +
    'sources hold the same link, HTML that runs or posts: in Markdown (inline, by reference, bare), HTML and style.',
  misses: 'Data that a reader copies by hand, and what a host on the list passes on.',
  cost: 'cpu',
  stages: ['after', 'tool_call', 'log'],
  action: 'redact',
  version: 1,
  params: z.strictObject({
    ...UrlParams,
    trustSources: z.boolean().default(true).meta({ description: 'A link that stands word for word in a source may stand in the answer.' }),
  }),
  prepare({ trustSources, ...policy }) {
    return {
      run({ text }, { sources = [] }) {
        const found: Found[] = []
        for (const { index, 0: tag } of text.matchAll(ACTIVE))
          found.push({
            type: 'ACTIVE_HTML',
            start: index,
            end: index + tag.length,
            score: 1,
            reason: 'HTML that runs or posts',
            replacement: '',
          })
        for (const link of linksOf(text)) {
          const judged = judgeUrl(link.url, policy)
          if (!judged) continue
          const told = reasonOf(link, judged.faults, policy.allow.length > 0)
          if (
            !told ||
            (trustSources && !link.loads && told.type === 'EXFILTRATION_LINK' && sources.some((source) => source.includes(link.url)))
          )
            continue
          found.push({ ...told, start: link.start, end: link.end, score: 1, replacement: instead(link) })
        }
        return found
      },
    }
  },
})

function reasonOf({ loads }: Link, faults: readonly (keyof typeof SAYS)[], listed: boolean): { type: string; reason: string } | undefined {
  const hard = faults.find((fault) => fault === 'SCHEME' || fault === 'USERINFO' || fault === 'PRIVATE_HOST')
  if (hard) return { type: `URL_${hard}`, reason: SAYS[hard] }
  // Without a list no host is trusted with a picture.
  if (loads && (faults.includes('NOT_ALLOWED') || !listed))
    return { type: 'EXTERNAL_IMAGE', reason: 'is fetched without a click, from a host that is not on the list' }
  if (faults.includes('CARRIES_DATA')) return { type: 'EXFILTRATION_LINK', reason: SAYS.CARRIES_DATA }
  if (faults.includes('NOT_ALLOWED')) return { type: 'URL_NOT_ALLOWED', reason: SAYS.NOT_ALLOWED }
  return undefined
}

/** What a reader still sees: the words of a link, never its address. */
const instead = ({ kind, label, url }: Link): string =>
  kind === 'text' || label === url ? '[link removed]' : kind === 'html' || kind === 'style' ? '' : label
