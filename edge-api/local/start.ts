/** `npm start`: the whole product on one machine. See options.ts for what it takes. */
import { fileURLToPath } from 'node:url'
import { redactText } from '../log.ts'
import { startCloud } from './cloud.ts'
import { parseOptions, USAGE } from './options.ts'
import { StartProblem } from './start-problem.ts'
import { createStopSteps } from './stop-steps.ts'
import { createTerminal, type Terminal } from './terminal.ts'

const DEFAULT_DATA = fileURLToPath(new URL('../../.pernoex', import.meta.url))
/** Everything has to be gone within three seconds; each step gets a share. */
const STOP_STEP_MS = 700
const STOP_ALL_MS = 2200

let stopping = false
const print = claimStandardOutput()
const terminal = createTerminal(process.stderr, () => performance.now())
const stops = createStopSteps()
// npm says where the user stood when typing; npm itself runs in the project's folder.
const parsed = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd(), DEFAULT_DATA)
if (!parsed.ok) {
  terminal.say(`${parsed.reason}\n\n${USAGE}`)
  process.exit(2)
}
if (parsed.value.help) {
  print(USAGE)
  process.exit(0)
}

for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => fail(error).catch(() => process.exit(1)))
takeSignals()
stopWithNpm()
const startedMs = performance.now()
try {
  const ready = await startCloud(parsed.value, terminal, stops)
  takeSignals()
  announce(terminal, ready, performance.now() - startedMs)
  if (parsed.value.json) print(JSON.stringify(ready))
} catch (error) {
  await fail(error)
}

function announce(to: Terminal, ready: Awaited<ReturnType<typeof startCloud>>, tookMs: number): void {
  to.say(`
Ready in ${(tookMs / 1000).toFixed(1)} s.

  Demo page   ${ready.demoPage}
  Dashboard   ${ready.app}
              ${ready.owner.email} · ${ready.owner.password}
  Mailbox     ${ready.mailbox}
  API         ${ready.api}
  Project     ${ready.projectId}
  Key         ${ready.publicKey}

To ask from a page of your own, start with --origin and its origin, and paste this before </body>:

  <script async src="${ready.api}/widget.js" data-key="${ready.publicKey}"></script>

Ctrl-C stops everything.`)
}

/** Standard output is for the one line of JSON; what libraries print joins the human log. */
function claimStandardOutput(): (line: string) => void {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
    // workerd's notices about each queue batch say nothing to a person.
    if (typeof chunk === 'string' && chunk.startsWith('[wrangler:info]')) return true
    return process.stderr.write(chunk, ...rest)
  }) as typeof process.stdout.write
  return (line) => void write(`${line}\n`)
}

/** wrangler installs handlers of its own, which would end this process before it has cleaned up: ours replace them. */
function takeSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => void stop(0))
  }
}

/** npm passes signals on, except for the one that it cannot: when it is killed, what it started goes too. */
function stopWithNpm(): void {
  if (process.env.npm_lifecycle_event !== 'start') return
  const npm = process.ppid
  setInterval(() => {
    if (process.ppid !== npm) void stop(1)
  }, 250).unref()
}

async function stop(code: number): Promise<never> {
  if (!stopping) {
    stopping = true
    setTimeout(() => process.exit(code), STOP_ALL_MS).unref()
    const unclean = await stops.run(STOP_STEP_MS)
    if (unclean.length > 0) terminal.say(`Did not stop in time: ${unclean.join(', ')}.`)
    process.exit(code)
  }
  return new Promise(() => {})
}

async function fail(error: unknown): Promise<never> {
  if (!stopping) {
    if (error instanceof StartProblem) terminal.say(`\n${error.message}`)
    else
      terminal.say(
        `\nUnexpected: ${redactText(error instanceof Error ? (error.stack ?? error.message) : String(error))}`,
      )
  }
  return stop(1)
}
