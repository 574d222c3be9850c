import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/**
 * Sees to it that the workerd processes of this one do not outlive it: workerd does not notice when whoever started it is
 * killed, and would keep the port. A shell waits on a pipe that only this process holds; the kernel closes it whatever
 * happens. Returns what calls the watch off. Windows has neither; there a killed start leaves workerd to the task manager.
 */
export function watchOverWorkerd(): () => void {
  const pids = process.platform === 'win32' ? [] : childrenNamed('workerd')
  if (pids.length === 0) return () => {}
  const shell = spawn('sh', ['-c', 'read -r _; kill -9 "$@"', 'sh', ...pids.map(String)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.on('error', () => {})
  shell.unref()
  // A pipe to a child is a net.Socket, and would keep this process alive.
  ;(shell.stdin as unknown as { unref(): void }).unref()
  return () => shell.kill('SIGKILL')
}

function childrenNamed(name: string): number[] {
  return processes()
    .filter(({ parent, command }) => parent === process.pid && basename(command) === name)
    .map(({ pid }) => pid)
}

interface RunningProcess {
  pid: number
  parent: number
  command: string
}

function processes(): RunningProcess[] {
  return process.platform === 'linux' ? fromProc() : fromPs()
}

/** `ps` is not everywhere on Linux, /proc is. */
function fromProc(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const end = stat.lastIndexOf(')')
        const parent = Number(stat.slice(end + 2).split(' ')[1])
        return [{ pid: Number(name), parent, command: stat.slice(stat.indexOf('(') + 1, end) }]
      } catch {
        return []
      }
    })
}

function fromPs(): RunningProcess[] {
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' }).trim().split('\n')
    return lines.flatMap((line) => {
      const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }]
    })
  } catch {
    return []
  }
}
