/** Something the person who typed `npm start` can mend. Its message is one sentence, printed without a stack. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem'
}
