/**
 * `npm test`: format and lint, types, then every test. Runs all of them whatever fails, and closes with
 * `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

const bin = (name: string): string => join('node_modules', '.bin', name)

function runStep(title: string, command: string, args: string[]): boolean {
  console.log(`\n── ${title}`)
  const startedMs = performance.now()
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) console.error(error.message)
  console.log(
    `── ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
  )
  return status === 0
}

/** Counts test cases; a file that could not even be loaded counts as one failure. */
function runTests(filters: string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-tests-'))
  const report = join(folder, 'report.json')
  try {
    const green = runStep('tests', bin('vitest'), [
      'run',
      '--config=tests/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ])
    const result = JSON.parse(readFileSync(report, 'utf8'))
    const brokenFiles = result.testResults.filter(
      (file: { status: string; assertionResults: unknown[] }) =>
        file.status === 'failed' && !file.assertionResults.length,
    ).length
    const failed = result.numFailedTests + brokenFiles
    return {
      passed: result.numPassedTests,
      failed: failed === 0 && !green ? 1 : failed,
      skipped: result.numPendingTests + result.numTodoTests,
    }
  } catch (error) {
    console.error(error)
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const filters = process.argv.slice(2)
const checks = [runStep('format and lint', bin('biome'), ['ci', '.']), runStep('types', bin('tsc'), ['-b'])]
const tests = runTests(filters)
const passed = tests.passed + checks.filter(Boolean).length
const failed = tests.failed + checks.filter((green) => !green).length
process.exitCode = failed === 0 ? 0 : 1
console.log(`${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`)
