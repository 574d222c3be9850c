import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

/** The package says where its binary is, to CommonJS only. */
const { default: WORKERD } = createRequire(import.meta.url)('workerd') as { default: string }

/** A `workerd serve` process of its own, so that its CPU time is that of one variant only. */
export interface WorkerdServer {
  ports: number[]
  /** CPU time of all its threads so far, in microseconds, from the scheduler's own books (Linux). */
  cpuMicros(): number
  /** Of V8's inspector, which looks into the isolate. */
  inspectorPort: number | null
  close(): Promise<void>
}

/** `config` gets the ports that were chosen, one for each socket. */
export async function startWorkerd(
  folder: string,
  sockets: number,
  config: (ports: number[]) => string,
  { inspected = false } = {},
): Promise<WorkerdServer> {
  const ports: number[] = []
  for (let index = 0; index < sockets; index++) ports.push(await freePort())
  const path = join(folder, 'config.capnp')
  writeFileSync(path, config(ports))
  const inspectorPort = inspected ? await freePort() : null
  const inspecting = inspectorPort === null ? [] : [`--inspector-addr=127.0.0.1:${inspectorPort}`]
  const child = spawn(WORKERD, ['serve', path, ...inspecting], { stdio: ['ignore', 'inherit', 'inherit'] })
  const all = inspectorPort === null ? ports : [...ports, inspectorPort]
  await Promise.all(all.map((port) => listening(port, child)))
  return {
    ports,
    cpuMicros: () => cpuMicros(child.pid ?? 0),
    inspectorPort,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

function cpuMicros(pid: number): number {
  let nanos = 0
  for (const task of readdirSync(`/proc/${pid}/task`))
    nanos += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
  return nanos / 1000
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`workerd ended with ${child.exitCode}`)
    if (await accepts(port)) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('workerd did not listen in time')
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })
}
