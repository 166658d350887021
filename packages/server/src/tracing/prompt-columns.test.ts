import { expect, test } from 'vitest'
import { promptColumns } from './prompt-columns.ts'

test.each([
  [undefined, ['', '', '']],
  [{ promptName: 'greet', promptVersion: '3' }, ['greet', '3', '']],
  [{ promptName: 'greet', promptVersion: '3', promptHash: 'ab' }, ['greet', '3', 'ab']],
  [{ lc_hub_repo: 'greet', lc_hub_commit_hash: 'c0ffee' }, ['greet', 'c0ffee', 'c0ffee']],
])('of the metadata %j', (metadata, [promptName, promptVersion, promptHash]) => {
  expect(promptColumns(metadata)).toEqual({ promptName, promptVersion, promptHash })
})
