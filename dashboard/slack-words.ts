const PROBLEMS: Record<string, string> = {
  slack_refused: 'Slack has not given the app access. Nothing was connected.',
  slack_unavailable: 'Slack did not answer. Nothing was connected; try again in a moment.',
  slack_state_wrong:
    'That was not begun here, or too long ago. Connect the workspace again, from the project’s Slack page.',
  slack_workspace_taken: 'Another project answers in that workspace. Disconnect it there first.',
}

/** Why Slack's page has led back without a workspace. */
export function slackProblem(reason: string): string {
  return PROBLEMS[reason] ?? 'The workspace was not connected. Try again.'
}
