import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

interface TakeAwayProps {
  /** Name of the file. */
  file: string
  load(): Promise<unknown>
}

/** A copy of what is kept, as one JSON file. */
export function TakeAway({ file, load }: TakeAwayProps) {
  const take = useAction(async () => {
    const text = JSON.stringify(await load(), null, 2)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    link.download = file
    link.click()
    // The browser has begun to save it by the time that the person does anything else.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    say(`${file} is saved.`)
  })
  return (
    <>
      {take.error !== null && <Notice kind="error">{sentenceOf(take.error)}</Notice>}
      <Button icon="doc" busy={take.busy} onClick={take.run}>
        Export as a file
      </Button>
    </>
  )
}
