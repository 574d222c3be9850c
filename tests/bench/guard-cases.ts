/**
 * The full run of the proof that no refused request touches the database (tests/attack/no-sql-before-yes.test.ts holds the
 * short one). Alone: `node tests/bench/guard-cases.ts [COUNT] [SEED]`; the seed is printed and repeats the run.
 */
import { pathToFileURL } from 'node:url'
import { runCases } from '#tests/attack/no-sql-before-yes-run.ts'

export interface GuardCases {
  seed: number
  count: number
  /** Requests that reached the database, each of them admitted by the oracle as well. */
  withSql: number
  /** How often each outcome was seen, the commonest first. */
  outcomes: [string, number][]
  seconds: number
}

/** Rejects with the smallest request that breaks the contract. */
export async function measureGuardCases(count = 100_000, seed = Date.now() % 2 ** 31): Promise<GuardCases> {
  const startedMs = performance.now()
  const { outcomes, withSql } = await runCases(seed, count)
  const seconds = (performance.now() - startedMs) / 1000
  return { seed, count, withSql, outcomes: [...outcomes].sort((left, right) => right[1] - left[1]), seconds }
}

export function printGuardCases({ seed, count, withSql, outcomes, seconds }: GuardCases): void {
  console.log(`${count} generated requests, seed ${seed}, in ${seconds.toFixed(1)} s: all as the contract says`)
  console.log(`  ${withSql} reached the database, all of them with origin, key, scope and limits held`)
  for (const [name, times] of outcomes) console.log(`  ${name.padEnd(24)} ${String(times).padStart(7)}`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [count, seed] = process.argv.slice(2).map(Number)
  printGuardCases(await measureGuardCases(count, seed))
}
