import { classNames } from '../lib/class-names.ts'
import { Button } from './button.tsx'

type Props = { list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }; as?: 'div' | 'li' }

/** The end of a list that goes on. Between items of a list it is one of them. */
export function ShowMore({ list, as: Tag = 'div' }: Props) {
  if (!list.hasNextPage) return null
  return (
    <Tag className={classNames('p-2 text-center', Tag === 'div' && 'border-t border-line')}>
      <Button kind="ghost" disabled={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
        Show more
      </Button>
    </Tag>
  )
}
