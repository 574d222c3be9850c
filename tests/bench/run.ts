/**
 * `npm run bench [-- NAME …]`: sizes in bytes, CPU as ratios measured in one run, the full generated attack, and search at
 * 100,000 passages. Prints; what must hold is held by `npm test`.
 */
import { spawnSync } from 'node:child_process'
import { buildWidget } from '#widget/build.ts'

const BENCHES: Record<string, { about: string; run: () => void | Promise<void> }> = {
  size: { about: 'what a page downloads, bytes gzipped', run: printSizes },
  guard: { about: 'CPU of a request in workerd, against a bare Hono route', run: script('guard.ts') },
  'sign-in': { about: 'what visitors feel of people who sign in', run: script('sign-in.ts') },
  policy: { about: "the guard's parts in workerd, and what its memory of policies weighs", run: script('policy.ts') },
  'guard-cases': {
    about: 'generated requests: no SQL before yes',
    run: script('guard-cases.ts', '100000', '20260601'),
  },
  webhooks: {
    about: 'verifying a webhook, against HMAC and compare, beside other libraries',
    run: script('webhooks.ts'),
  },
  widget: {
    about: 'what the widget costs a page in Chromium, beside a bare page and a minimal Preact panel',
    run: script('widget.ts'),
  },
  search: { about: 'search over 100,000 passages on PGlite', run: script('search.ts') },
  'search-postgres': { about: 'the same on PostgreSQL, where it is installed', run: script('search.ts', '--postgres') },
}

function script(file: string, ...args: string[]): () => void {
  return () => {
    const { status } = spawnSync(process.execPath, [`tests/bench/${file}`, ...args], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}

async function printSizes(): Promise<void> {
  const { loader, element, panel, answer, words } = await buildWidget({ outDir: 'dist/assets/widget' })
  const rows = { loader, 'loader of the element': element, panel, answer, ...words }
  for (const [name, { gzip }] of Object.entries(rows)) console.log(`${name.padEnd(28)} ${gzip} B`)
  console.log(`${'first open'.padEnd(28)} ${loader.gzip + panel.gzip} B`)
  console.log(`${'every feature'.padEnd(28)} ${loader.gzip + panel.gzip + answer.gzip} B`)
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`)
  process.exit(2)
}
for (const [name, { about, run }] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n── ${name}: ${about}`)
  await run()
}
