import type { ComponentChildren } from 'preact'
import { sentenceOf } from '../failure.ts'
import type { LoadedList } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/page.tsx'

interface ListedProps<Item> {
  list: LoadedList<Item>
  /** What stands there when the list has nothing in it. */
  empty: ComponentChildren
  children: (items: Item[]) => ComponentChildren
}

/** A list in whatever state it is: on its way, failed, empty, shown, with more to come. */
export function Listed<Item>({ list, empty, children }: ListedProps<Item>) {
  const { items, error, hasMore, loadingMore, more, reload } = list
  return (
    <>
      {error !== null && (
        <Notice kind="error">
          {sentenceOf(error)}{' '}
          <button type="button" class="link" onClick={reload}>
            Try again
          </button>
        </Notice>
      )}
      {items === undefined ? error === null && <Skeleton /> : items.length === 0 ? empty : children(items)}
      {hasMore && (
        <div class="actions more">
          <Button busy={loadingMore} onClick={more}>
            Show more
          </Button>
        </div>
      )}
    </>
  )
}
