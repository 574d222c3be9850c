/**
 * `npm run build`: widget and dashboard into dist/assets, the widget's npm package into dist/npm, the Workers into dist/worker and
 * dist/app-worker, ready for `wrangler deploy`. `-- --keep URL` goes on serving the releases of that edge host, so that pages which pinned
 * one keep it; `-- --channel RELEASE` rolls `widget.js` back to one of them.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildDashboard } from '#dashboard/build.ts'
import { buildWidget, findRelease } from '#widget/build.ts'
import { packageWidget } from '#widget/package.ts'
import { buildReference } from './build-reference.ts'

const { values } = parseArgs({ options: { keep: { type: 'string' }, channel: { type: 'string' } } })
const { id, channel, releases } = await buildWidget({ outDir: 'dist/assets/widget', ...values })
console.log(`widget ${id}; widget.js is ${channel}`)
await packageWidget('dist/npm')
await buildReference({ outDir: 'dist/assets/reference' })
await buildDashboard({ outDir: 'dist/assets/dashboard', release: findRelease(releases, channel).loader })
for (const [config, outdir] of [
  ['wrangler.toml', 'dist/worker'],
  ['edge-api/app-worker.toml', 'dist/app-worker'],
] as const) {
  const { status } = spawnSync(
    'node_modules/.bin/wrangler',
    ['deploy', '--dry-run', '--minify', '--env', 'production', '--config', config, '--outdir', resolve(outdir)],
    { stdio: 'inherit', env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
  )
  if (status !== 0) process.exit(status ?? 1)
}
