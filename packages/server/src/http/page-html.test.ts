import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pageHtml } from './page-html.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-page-'))
beforeAll(() => {
  writeFileSync(join(folder, 'index.html'), '<html><head><title>Signalbox</title></head><body></body></html>')
  writeFileSync(
    join(folder, 'preloads.json'),
    JSON.stringify({
      styles: ['/s.css'],
      start: ['/start.js'],
      shell: ['/shell.js'],
      pages: { traces: ['/traces.js', '/grid.js'], trace: ['/trace.js'] },
    }),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const scripts = async (path: string) =>
  [...((await pageHtml(folder, path, undefined)) ?? '').matchAll(/modulepreload" crossorigin href="([^"]+)"/g)].map(([, file]) => file)

test.each([
  ['/p/default/traces', ['/start.js', '/shell.js', '/traces.js', '/grid.js']],
  ['/p/default/traces/abc', ['/start.js', '/shell.js', '/trace.js']],
  ['/p/default/sessions/abc', ['/start.js', '/shell.js']],
  ['/p/default/constructor', ['/start.js', '/shell.js']],
  ['/p/default', ['/start.js', '/shell.js']],
  ['/login', ['/start.js']],
  ['/', ['/start.js']],
])('%s names what it will ask for', async (path, files) => {
  expect(await scripts(path)).toEqual(files)
  expect(await pageHtml(folder, path, undefined)).toContain('<link rel="stylesheet" crossorigin href="/s.css">')
})

test('who is logged in comes along as data that cannot end its element', async () => {
  const session = { account: { name: `</script><script>alert(1)</script> $& $'` } }
  const html = (await pageHtml(folder, '/', session)) ?? ''
  const [, text = ''] = /<script type="application\/json" id="signalbox-session">(.*?)<\/script>/.exec(html) ?? []
  expect(JSON.parse(text)).toEqual(session)
  expect(html.match(/<script/g)).toHaveLength(1)
  expect(await pageHtml(folder, '/', undefined)).not.toContain('<script')
})

test('without a build there is no page; an older one has no hints', async () => {
  expect(await pageHtml(join(folder, 'nothing'), '/', undefined)).toBeUndefined()
  rmSync(join(folder, 'preloads.json'))
  expect(await pageHtml(folder, '/p/default/traces', undefined)).toBe('<html><head><title>Signalbox</title></head><body></body></html>')
})
