/** What is known of one case, by name, and what became of it. */
export interface Sample {
  features: Readonly<Record<string, number>>
  isTrue: boolean
}

export interface LogisticModel {
  /** Per unit of the feature as given. */
  weights: Record<string, number>
  intercept: number
}

/** Held against large weights, of features brought to unit variance: there are few samples. */
const PENALTY = 1
const STEPS = 4000
const RATE = 0.5

/** Logistic regression by gradient descent. Both outcomes weigh alike, however many there are of each. */
export function fitLogistic(samples: readonly Sample[]): LogisticModel {
  const names = Object.keys(samples[0]?.features ?? {})
  const columns = names.map((name) => samples.map(({ features }) => features[name] ?? 0))
  const centres = columns.map((column) => sum(column) / column.length)
  const spreads = columns.map((column, at) => {
    const centre = centres[at] as number
    return Math.sqrt(sum(column.map((value) => (value - centre) ** 2)) / column.length) || 1
  })
  const rows = samples.map((_, row) =>
    columns.map((column, at) => ((column[row] as number) - (centres[at] as number)) / (spreads[at] as number)),
  )
  const share = samples.filter(({ isTrue }) => isTrue).length / samples.length
  const worth = samples.map(({ isTrue }) => 0.5 / (isTrue ? share : 1 - share))
  const weights = names.map(() => 0)
  let intercept = 0
  for (let step = 0; step < STEPS; step++) {
    const slopes = weights.map((weight) => (PENALTY * weight) / samples.length)
    let interceptSlope = 0
    for (const [at, row] of rows.entries()) {
      const wrong = (worth[at] as number) * (chance(dot(weights, row) + intercept) - Number(samples[at]?.isTrue))
      interceptSlope += wrong / samples.length
      for (const [column, value] of row.entries())
        slopes[column] = (slopes[column] as number) + (wrong * value) / samples.length
    }
    for (const [column, slope] of slopes.entries()) weights[column] = (weights[column] as number) - RATE * slope
    intercept -= RATE * interceptSlope
  }
  const plain = weights.map((weight, at) => weight / (spreads[at] as number))
  return {
    weights: Object.fromEntries(names.map((name, at) => [name, plain[at] as number])),
    intercept: intercept - dot(plain, centres),
  }
}

/** In log-odds, without the intercept: what a bar is set over. */
export function scoreOf({ weights }: LogisticModel, { features }: Pick<Sample, 'features'>): number {
  return sum(Object.entries(weights).map(([name, weight]) => weight * (features[name] ?? 0)))
}

function chance(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds))
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((total, value, at) => total + value * (right[at] as number), 0)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
