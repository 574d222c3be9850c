import type { AnswerOf } from '../calls.ts'
import { Badge } from '../ui/badge.tsx'
import { Empty } from '../ui/notice.tsx'
import { Section } from '../ui/page.tsx'
import { count } from '../words.ts'

type Tried = AnswerOf<'POST /api/projects/:project/playground'>

/** What led to an answer: how sure it was, the words that were looked for, the passages that were found. */
export function Behind({ tried }: { tried: Tried }) {
  return (
    <>
      <Section title="Why" lead={sureness(tried.confidence)}>
        <dl class="facts">
          <Fact term="Found together" meaning="share of what was asked that the best sections hold">
            {percent(tried.evidence.agreement)}
          </Fact>
          <Fact term="Match" meaning="the best section, of the best there could be">
            {percent(tried.evidence.strength)}
          </Fact>
          <Fact term="Unknown" meaning="share of what was asked that your docs never say">
            {percent(tried.evidence.unknown)}
          </Fact>
        </dl>
        <h3 class="above">Words looked for</h3>
        <ul class="words">
          {tried.terms.map(({ word, passages, repairedTo }) => (
            <li key={word}>
              <Badge tone={passages === 0 ? 'warning' : 'plain'}>
                {word}
                {repairedTo && ` → ${repairedTo}`} · {passages === 0 ? 'nowhere' : count(passages, 'passage')}
              </Badge>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Passages found" lead="The best first. The answer may quote from these, and from nothing else.">
        {tried.hits.length === 0 ? (
          <Empty title="None">No passage has any of these words. Add a document that has.</Empty>
        ) : (
          <ol class="passages">
            {tried.hits.map((hit, place) => (
              <li key={hit.passageId}>
                <details open={place === 0}>
                  <summary>{[hit.title, ...hit.headings].join(' › ')}</summary>
                  <p class="passage">{hit.text}</p>
                </details>
                <p class="hint">
                  Score {hit.score.toFixed(1)}
                  {hit.matched.length > 0 && ` · ${hit.matched.join(', ')}`}
                </p>
              </li>
            ))}
          </ol>
        )}
      </Section>
    </>
  )
}

function Fact({ term, meaning, children }: { term: string; meaning: string; children: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <strong>{children}</strong> <span class="hint">{meaning}</span>
      </dd>
    </div>
  )
}

/** The model's log-odds as a probability. */
function sureness(logOdds: number): string {
  const share = percent(1 / (1 + Math.exp(-logOdds)))
  return logOdds < 0
    ? `It is ${share} sure that your docs hold the answer. Below 50% it does not answer.`
    : `It is ${share} sure that your docs hold the answer.`
}

function percent(share: number): string {
  return `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`
}
