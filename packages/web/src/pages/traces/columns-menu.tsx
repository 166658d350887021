import { Columns3 } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuCheck, MenuHeading, MenuItem, MenuLine } from '../../ui/menu.tsx'
import type { Columns } from './use-columns.ts'

/** Which columns of a list are shown. */
export function ColumnsMenu({ columns: { all, shown, choose, reset } }: { columns: Columns }) {
  return (
    <Menu
      align="end"
      trigger={
        <Button size="bar">
          <Columns3 size={14} className="text-faint" aria-hidden /> Columns
        </Button>
      }
    >
      <MenuHeading>Columns</MenuHeading>
      {all.map((column) => {
        const isShown = shown.includes(column)
        return (
          <MenuCheck
            key={column.id}
            checked={isShown}
            disabled={isShown && shown.length === 1}
            onChange={(on) => choose(all.filter((one) => (one === column ? on : shown.includes(one))).map(({ id }) => id))}
          >
            {column.title}
          </MenuCheck>
        )
      })}
      <MenuLine />
      <MenuItem onClick={reset}>Back to the default</MenuItem>
    </Menu>
  )
}
