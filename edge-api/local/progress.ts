export interface Progress {
  done: number
  total: number
  /** Shown behind the numbers. */
  note: string
}

export interface ProgressBar {
  show(progress: Progress): void
  /** Ends the bar's line, so that the next message starts on its own. */
  end(): void
}

const WIDTH = 28

/** On a terminal one line that redraws itself; elsewhere (a log file) a plain line at each tenth. */
export function createProgressBar(stream: NodeJS.WriteStream): ProgressBar {
  let shown = ''
  let tenth = -1
  return {
    show(progress) {
      const line = describe(progress)
      if (line === shown) return
      shown = line
      if (stream.isTTY) {
        stream.write(`\r\x1b[2K${bar(progress)} ${line}`.slice(0, Math.max(40, stream.columns ?? 80)))
        return
      }
      const now = progress.total === 0 ? 10 : Math.floor((progress.done / progress.total) * 10)
      if (now === tenth) return
      tenth = now
      stream.write(`  ${line}\n`)
    },
    end() {
      if (stream.isTTY && shown !== '') stream.write('\n')
    },
  }
}

function describe({ done, total, note }: Progress): string {
  return `${done}/${total} documents${note === '' ? '' : `, ${note}`}`
}

function bar({ done, total }: Progress): string {
  const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH)
  return `[${'█'.repeat(filled)}${'·'.repeat(WIDTH - filled)}]`
}
