/**
 * `npm run build`: the widget into dist/widget, its npm package into dist/npm, and the Worker's bundle into dist/worker,
 * ready for `wrangler deploy`. `-- --keep URL` goes on serving the releases of that edge host, so that pages which pinned
 * one keep it; `-- --channel RELEASE` rolls `widget.js` back to one of them.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { buildWidget } from '#widget/build.ts'
import { packageWidget } from '#widget/package.ts'

const { values } = parseArgs({ options: { keep: { type: 'string' }, channel: { type: 'string' } } })
const { id, channel } = await buildWidget({ outDir: 'dist/widget', ...values })
console.log(`widget ${id}; widget.js is ${channel}`)
await packageWidget('dist/npm')
const { status } = spawnSync(
  'node_modules/.bin/wrangler',
  ['deploy', '--dry-run', '--minify', '--env', 'production', '--outdir', 'dist/worker'],
  {
    stdio: 'inherit',
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  },
)
process.exitCode = status ?? 1
