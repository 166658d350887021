import { readFileSync } from 'node:fs'
import { allows, PERMISSIONS_OF, Permission, Role } from '@signalbox/schema'
import { expect, it } from 'vitest'

/** What each role may do, as it must stand on the page. */
function rolesTable(): string {
  const head = ['Permission', ...Role.options]
  const rows = Permission.options
    .filter((permission) => permission !== '*')
    .map((permission) => [`\`${permission}\``, ...Role.options.map((role) => (allows(PERMISSIONS_OF[role], permission) ? 'yes' : ''))])
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n')
}

it('says in docs/guide/access.md what each role may do, as the schema says it', () => {
  const page = readFileSync(new URL('../../docs/guide/access.md', import.meta.url), 'utf8')
  expect(/^\| Permission[\s\S]*?(?=\n\n)/m.exec(page)?.[0]).toBe(rolesTable())
})
