/** Runs SQL as the superuser while no request is being answered; gives the rows' first column. */
export type RunAlone = (sql: string) => Promise<string[]>

/** Often enough that a first ingest is searched with statistics, rarely enough to cost an idle database nothing. */
const PERIOD_MS = 5_000

/**
 * PGlite is one process and has no autovacuum, so without this its planner would never learn what a table holds, and
 * space would never be used again. Applies PostgreSQL's default thresholds. Returns what stops it.
 */
export function startAutovacuum(run: RunAlone): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    // Maintenance only: a failure is the next period's to mend.
    last = last.then(() => tidy(run)).catch(() => {})
  }, PERIOD_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    return last
  }
}

async function tidy(run: RunAlone): Promise<void> {
  const due = await run(`
    select format('%s %I.%I', case when s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0) then 'vacuum (analyze)' else 'analyze' end,
      s.schemaname, s.relname)
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0) or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)`)
  for (const statement of due) await run(statement)
}
