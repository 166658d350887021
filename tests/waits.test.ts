import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const FOLDER = join(import.meta.dirname, 'browser')
/** What of a page is read at once, as it is at this very moment. */
const READ =
  /\bexpect\(\s*await [^\n]*\.(?:count|textContent|allTextContents|inputValue|getAttribute|isChecked|isVisible|isEnabled)\([^\n]*/g
/** That something is not there is read once, after what shows that the page has come so far. */
const OF_NOTHING = /\)\s*\.(?:not\.|toBe\((?:0|false|null)\)|toEqual\(\[\]\)|toBeUndefined\()/
/** Of a list that was waited for and must never have become longer. */
const NEVER_MORE = /\.toBeLessThan/

it('no test of a page reads once what may become true a moment later', () => {
  const single = globSync('**/*.ts', { cwd: FOLDER }).flatMap((file) =>
    [...readFileSync(join(FOLDER, file), 'utf8').matchAll(READ)]
      .map(([line]) => line)
      .filter((line) => !OF_NOTHING.test(line) && !NEVER_MORE.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(single, 'A page draws when it has the time: write `await expect.poll(() => …)` instead of `expect(await …)`.').toEqual([])
})
