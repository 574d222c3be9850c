/** What to do to stop, newest first, each raced against a limit: one that hangs must not keep the others waiting. */
export interface StopSteps {
  add(name: string, stop: () => unknown): void
  /** Resolves within `limitMs` × steps at the very worst; returns the names of steps that failed or hung. */
  run(limitMs: number): Promise<string[]>
}

export function createStopSteps(): StopSteps {
  const steps: { name: string; stop: () => unknown }[] = []
  let running: Promise<string[]> | null = null
  return {
    add: (name, stop) => void steps.push({ name, stop }),
    run: (limitMs) => {
      running ??= runAll(steps, limitMs)
      return running
    },
  }
}

async function runAll(steps: { name: string; stop: () => unknown }[], limitMs: number): Promise<string[]> {
  const unclean: string[] = []
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { name, stop } = step
    const ended = await Promise.race([
      Promise.resolve()
        .then(stop)
        .then(
          () => true,
          () => false,
        ),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), limitMs).unref()),
    ])
    if (!ended) unclean.push(name)
  }
  return unclean
}
