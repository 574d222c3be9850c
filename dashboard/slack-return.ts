import { useEffect, useState } from 'preact/hooks'
import { slackProblem } from './slack-words.ts'
import { say } from './toast.ts'

/** What Slack's page has led back with: said once, and taken out of the address. */
export function useSlackReturn(): string | null {
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    const [, what, value = ''] = /^#(connected|problem)=(slack_\w+|[A-Z][A-Z0-9]+)$/.exec(location.hash) ?? []
    if (what === undefined) return
    history.replaceState(history.state, '', location.pathname)
    if (what === 'problem') setProblem(slackProblem(value))
    else say('The workspace is connected.')
  }, [])
  return problem
}
