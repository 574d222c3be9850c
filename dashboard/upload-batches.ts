/** Below the server's bounds of 100 documents and 5 MB, so that progress is seen and nothing has to be sent twice. */
const MOST_FILES = 40
const MOST_LENGTH = 1_500_000

/** How many files, in their order, go into each batch; one that is larger than a batch goes by itself. */
export function batchesOf(files: readonly { size: number }[]): number[] {
  const sizes: number[] = []
  let [held, length] = [0, 0]
  for (const { size } of files) {
    if (held > 0 && (held === MOST_FILES || length + size > MOST_LENGTH)) {
      sizes.push(held)
      held = 0
      length = 0
    }
    held += 1
    length += size
  }
  return held > 0 ? [...sizes, held] : sizes
}
