/** The human log. It goes to standard error, so that standard output can be read by a program. */
export interface Terminal {
  say(line: string): void
  /** Says what is being done, then, on the same line where there is a terminal, how long it took. */
  step<Result>(what: string, work: () => Promise<Result>): Promise<Result>
  stream: NodeJS.WriteStream
}

export function createTerminal(stream: NodeJS.WriteStream, nowMs: () => number): Terminal {
  return {
    stream,
    say: (line) => void stream.write(`${line}\n`),
    async step(what, work) {
      const start = nowMs()
      if (stream.isTTY) stream.write(`${what} …`)
      const result = await work()
      const took = `${((nowMs() - start) / 1000).toFixed(1)} s`
      stream.write(stream.isTTY ? ` ${took}\n` : `${what}: ${took}\n`)
      return result
    },
  }
}
