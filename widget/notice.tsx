import { useWords } from './answer-words.ts'
import { Icon } from './borrowed.ts'
import type { Failure } from './failure.ts'
import { sayFailure } from './failure-words.ts'

interface Props {
  failure: Failure
  onRetry(): void
  /** Says "get the rest" in place of "try again". */
  partly?: boolean
}

/** What went wrong, what to do, and the button that does it. */
export function Notice({ failure, onRetry, partly }: Props) {
  const words = useWords()
  const { text, retry } = sayFailure(words, failure)
  return (
    <div class="notice">
      <Icon name="alert" />
      <div>
        <p dir="auto">{text}</p>
        {retry && (
          <button type="button" class="plain" onClick={onRetry}>
            {partly ? words.resume : words.retry}
          </button>
        )}
      </div>
    </div>
  )
}
