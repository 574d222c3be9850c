import { useWords } from './answer-words.ts'
import { Citations, useMemo, useStore, useWidget } from './borrowed.ts'
import { SourceList } from './citation.tsx'
import { Feedback } from './feedback.tsx'
import { Handoff } from './handoff.tsx'
import { Markdown } from './markdown.tsx'
import { Notice } from './notice.tsx'
import type { Turn } from './store.ts'

/** One question and its answer. An unchanged turn is the same object and is not drawn again. */
export function Message({ turn }: { turn: Turn }) {
  return useMemo(() => <Drawn turn={turn} />, [turn])
}

function Drawn({ turn }: { turn: Turn }) {
  const { act } = useWidget()
  const words = useWords()
  const { id, question, status, blocks, citations, failure } = turn
  const last = useStore(({ turns }) => turns[turns.length - 1]?.id === id)
  const retry = () => act(({ retry }) => retry(turn))
  return (
    <article class="turn">
      <h3 class="question" part="question" dir="auto">
        <span class="unseen">{words.you}: </span>
        {question}
      </h3>
      {status === 'waiting' && (
        <p class="waiting">
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {words.searching}
        </p>
      )}
      <Citations.Provider value={citations}>
        <div class="answer" part="answer" aria-busy={status === 'streaming'}>
          <Markdown blocks={blocks} growing={status === 'streaming'} />
        </div>
      </Citations.Provider>
      {status === 'failed' && failure && <Notice failure={failure} onRetry={retry} partly={blocks.length > 0} />}
      {status === 'stopped' && (
        <p class="stopped">
          {words.stopped}
          <button type="button" class="plain" onClick={retry}>
            {words.retry}
          </button>
        </p>
      )}
      {status === 'done' && <SourceList turn={turn} />}
      {status === 'done' && turn.answerId && <Feedback turn={turn} />}
      {last && (status === 'done' || status === 'failed') && <Handoff />}
    </article>
  )
}
