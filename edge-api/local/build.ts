/** `npm run build`: the widget into dist/widget, the Worker's bundle into dist/worker, ready for `wrangler deploy`. */
import { spawnSync } from 'node:child_process'
import { buildWidget } from '#widget/build.ts'

await buildWidget({ outDir: 'dist/widget' })
const { status } = spawnSync(
  'node_modules/.bin/wrangler',
  ['deploy', '--dry-run', '--minify', '--env', 'production', '--outdir', 'dist/worker'],
  {
    stdio: 'inherit',
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  },
)
process.exitCode = status ?? 1
