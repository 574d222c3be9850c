import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { DEFAULT_LIMITS, type PolicyLimits } from '../rules/policy.ts'
import { isWholeUpTo, MAX_ANSWERS_PER_DAY } from '../rules/settings.ts'
import { type Change, type Management, tellGate } from './manage-project.ts'

export interface Limits extends PolicyLimits {
  /** What holds where the project has set nothing. */
  defaults: PolicyLimits
}

export async function readLimits({ settings }: Management): Promise<Limits> {
  return { ...DEFAULT_LIMITS, ...(await settings.readLimits()), defaults: DEFAULT_LIMITS }
}

/** Answers in one UTC day, the breaker against a bill run up by strangers: 0 stops answering, null is the default. */
export async function setLimits(
  management: Management,
  { answersPerDay }: { answersPerDay: number | null },
): Promise<Verdict<Change, 'answers_per_day_invalid'>> {
  if (answersPerDay !== null && !isWholeUpTo(answersPerDay, MAX_ANSWERS_PER_DAY)) return deny('answers_per_day_invalid')
  await management.settings.setAnswersPerDay(answersPerDay)
  return allow(await tellGate(management))
}
