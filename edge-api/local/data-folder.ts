import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { DataFolderInUse, lockFolder } from './folder-lock.ts'
import { StartProblem } from './start-problem.ts'

/** Where one local cloud keeps its state. Held by one process at a time: two would corrupt the embedded database. */
export interface DataFolder {
  path: string
  postgres: string
  workerd: string
  secrets: string
  workerLog: string
  /** Of the stand-in. */
  stripe: string
  release(): void
}

/** Everything we make there: `--fresh` deletes these and nothing else, in case --data points at a folder of someone's own. */
const CONTENTS = [
  ...['postgres', 'workerd', 'secrets.json', 'secrets.json.new', 'worker.log', 'stripe.json', 'stripe.json.new'],
]

/** Throws StartProblem when another process holds the folder, or when it is not one of ours. */
export async function openDataFolder(path: string, fresh: boolean): Promise<DataFolder> {
  makeFolder(path)
  const release = await lock(path)
  if (fresh) for (const name of CONTENTS) rmSync(join(path, name), { recursive: true, force: true })
  return {
    path,
    postgres: join(path, 'postgres'),
    workerd: join(path, 'workerd'),
    secrets: join(path, 'secrets.json'),
    workerLog: join(path, 'worker.log'),
    stripe: join(path, 'stripe.json'),
    release,
  }
}

function makeFolder(path: string): void {
  if (path === parse(path).root) throw new StartProblem(`${path} cannot be the data folder.`)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const foreign = readdirSync(path).find((name) => !CONTENTS.includes(name) && !/\.pid(\.\d+)?$/.test(name))
    if (foreign !== undefined)
      throw new StartProblem(
        `The data folder ${path} holds other files (${foreign}); name an empty or new one with --data.`,
      )
    chmodSync(path, 0o700)
  } catch (error) {
    if (error instanceof StartProblem) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new StartProblem(`The data folder ${path} cannot be used (${code}); is ${dirname(path)} a writable folder?`)
  }
}

/** A start that is just ending, or was killed together with its npm, is given a moment to be gone. */
async function lock(path: string): Promise<() => void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return lockFolder(join(path, 'start'))
    } catch (error) {
      if (!(error instanceof DataFolderInUse)) throw error
      if (attempt === 20)
        throw new StartProblem(
          `The data folder ${path} is in use by another start (process ${error.pid}); stop that one, or name another with --data.`,
        )
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
