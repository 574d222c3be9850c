/** Answers of one UTC month. */
export interface Usage {
  /** Of all its days so far. */
  answers: number
  /** Those on which there were any, in order; `day` as in 2026-11-25. */
  days: { day: string; answers: number }[]
}
