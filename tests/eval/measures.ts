/** Ranked document ids, best first; judgements by document id, 0 or absent meaning not relevant. */
export interface Judged {
  ranking: readonly string[]
  judgements: ReadonlyMap<string, number>
}

/** Järvelin and Kekäläinen's nDCG with linear gain, as trec_eval computes it. */
export function ndcg({ ranking, judgements }: Judged, depth: number): number {
  const ideal = [...judgements.values()].sort((left, right) => right - left)
  const best = gain(ideal, depth)
  return best === 0
    ? 0
    : gain(
        ranking.map((id) => judgements.get(id) ?? 0),
        depth,
      ) / best
}

function gain(relevances: readonly number[], depth: number): number {
  return relevances.slice(0, depth).reduce((sum, relevance, place) => sum + relevance / Math.log2(place + 2), 0)
}

/** Share of the relevant documents found. */
export function recall({ ranking, judgements }: Judged, depth: number): number {
  const relevant = [...judgements].filter(([, relevance]) => relevance > 0).map(([id]) => id)
  const found = ranking.slice(0, depth)
  return relevant.length === 0 ? 0 : relevant.filter((id) => found.includes(id)).length / relevant.length
}

/** One through the place of the first relevant document, 0 when there is none. */
export function reciprocalRank({ ranking, judgements }: Judged, depth: number): number {
  const place = ranking.slice(0, depth).findIndex((id) => (judgements.get(id) ?? 0) > 0)
  return place < 0 ? 0 : 1 / (place + 1)
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The value that the given share (0 to 1) of all values does not exceed; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0
}
