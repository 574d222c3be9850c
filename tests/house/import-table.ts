/**
 * Who may import whom: deny by default. The most specific room wins; a folder without a row fails the test.
 * `value` rooms may be imported for what they do, `types` rooms only by `import type`; a room may always import itself.
 * The same table makes the linter's rules (tests/house/imports.test.ts compares them with biome.json).
 */
export interface Room {
  /** Folder, or a single file that is a room of its own. */
  path: string
  value: string[]
  types?: string[]
  /** npm packages by name; `*` only where the room is a tool that never ships. */
  packages: string[]
  /** False for tools: they may use dev dependencies. */
  ships?: false
}

const PORTS = ['edge-api/ports.ts', 'edge-api/project-db.ts', 'edge-api/account-ports.ts']
const EDGE_LEAVES = ['edge-api/errors.ts', 'edge-api/headers.ts', 'edge-api/log.ts']

export const ROOMS: Room[] = [
  { path: 'shared', value: [], packages: ['@noble/hashes', 'tldts'] },

  // The Worker, from the pure centre outwards.
  {
    path: 'edge-api/rules',
    value: ['shared'],
    packages: ['@noble/hashes', '@orama/stemmers', '@orama/stopwords', 'porter2'],
  },
  { path: 'edge-api/project-db.ts', value: [], types: ['shared', 'edge-api/rules'], packages: [] },
  {
    path: 'edge-api/ports.ts',
    value: [],
    types: ['edge-api/project-db.ts', 'shared', 'edge-api/rules', 'edge-api/log.ts', 'edge-api/account-ports.ts'],
    packages: [],
  },
  {
    path: 'edge-api/account-ports.ts',
    value: [],
    types: ['shared', 'edge-api/rules', 'edge-api/ports.ts', 'edge-api/project-db.ts', 'edge-api/db', 'edge-api/flows'],
    packages: [],
  },
  { path: 'edge-api/log.ts', value: ['shared'], packages: [] },
  {
    path: 'edge-api/errors.ts',
    value: ['shared', 'edge-api/headers.ts', 'edge-api/log.ts'],
    types: ['edge-api/rules', 'edge-api/guard'],
    packages: ['hono'],
  },
  { path: 'edge-api/headers.ts', value: ['shared'], packages: [] },
  {
    path: 'edge-api/env.ts',
    value: ['shared'],
    types: ['edge-api/stores', 'edge-api/ports.ts', 'edge-api/project-db.ts'],
    packages: ['zod'],
  },
  {
    path: 'edge-api/app-env.ts',
    value: ['shared', 'edge-api/env.ts'],
    types: ['edge-api/account-ports.ts'],
    packages: ['zod'],
  },
  {
    path: 'edge-api/sources',
    value: ['shared', 'edge-api/rules'],
    packages: [
      'github-slugger',
      'hast-util-from-html',
      'hast-util-to-mdast',
      'mdast-util-from-markdown',
      'mdast-util-frontmatter',
      'mdast-util-gfm',
      'mdast-util-mdx',
      'mdast-util-to-markdown',
      'mdast-util-to-string',
      'micromark-extension-frontmatter',
      'micromark-extension-gfm',
      'micromark-extension-mdxjs',
      'micromark-factory-space',
      'micromark-util-character',
      'micromark-util-types',
      'yaml',
      'mdast',
      'hast',
    ],
  },
  { path: 'edge-api/webhooks', value: ['shared', 'edge-api/rules'], packages: ['node'] },
  {
    path: 'edge-api/stores',
    value: ['shared', 'edge-api/rules', ...EDGE_LEAVES],
    types: ['edge-api/ports.ts', 'edge-api/project-db.ts', 'edge-api/env.ts'],
    packages: ['cloudflare'],
  },
  {
    path: 'edge-api/db',
    value: ['shared', 'edge-api/rules', ...EDGE_LEAVES],
    types: ['edge-api/ports.ts', 'edge-api/project-db.ts'],
    packages: ['drizzle-orm', '@neondatabase/serverless'],
  },
  {
    path: 'edge-api/providers',
    value: ['shared', 'edge-api/rules', ...EDGE_LEAVES],
    types: PORTS,
    packages: ['@zxcvbn-ts/language-common', 'bcryptjs', 'jose', 'oauth4webapi', 'stripe'],
  },
  {
    path: 'edge-api/flows',
    value: ['shared', 'edge-api/rules', 'edge-api/webhooks', 'edge-api/sources', ...EDGE_LEAVES],
    types: [...PORTS, 'edge-api/stores', 'edge-api/db'],
    packages: ['jose'],
  },
  {
    path: 'edge-api/guard',
    value: ['shared', 'edge-api/rules', ...EDGE_LEAVES],
    types: [...PORTS, 'edge-api/stores', 'edge-api/db', 'edge-api/flows'],
    packages: ['hono'],
  },
  {
    path: 'edge-api/routes',
    value: ['shared', 'edge-api/rules', 'edge-api/flows', 'edge-api/guard', ...EDGE_LEAVES],
    types: [...PORTS, 'edge-api/stores'],
    packages: ['hono', 'zod'],
  },
  {
    path: 'edge-api/jobs',
    value: ['shared', 'edge-api/rules', 'edge-api/flows', ...EDGE_LEAVES],
    types: ['edge-api/ports.ts', 'edge-api/project-db.ts', 'edge-api/env.ts', 'edge-api/db'],
    packages: ['zod'],
  },
  {
    path: 'edge-api/management-routes.ts',
    value: ['shared', 'edge-api/rules', 'edge-api/guard', 'edge-api/routes', ...EDGE_LEAVES],
    types: PORTS,
    packages: ['hono'],
  },
  {
    path: 'edge-api/host-routes.ts',
    value: ['shared', 'edge-api/guard', 'edge-api/routes', ...EDGE_LEAVES],
    types: PORTS,
    packages: ['hono'],
  },
  {
    path: 'edge-api/app.ts',
    value: ['shared', 'edge-api/rules', 'edge-api/guard', 'edge-api/routes', 'edge-api/host-routes.ts', ...EDGE_LEAVES],
    types: ['edge-api/ports.ts', 'edge-api/project-db.ts'],
    packages: [],
  },
  {
    path: 'edge-api/app-host.ts',
    value: [
      'shared',
      'edge-api/guard',
      'edge-api/routes',
      'edge-api/host-routes.ts',
      'edge-api/management-routes.ts',
      ...EDGE_LEAVES,
    ],
    types: PORTS,
    packages: [],
  },
  // The edge host's Worker has nothing with which anybody signs in, parses a document or works off a queue.
  {
    path: 'edge-api/common-ports.ts',
    value: ['edge-api/db', 'edge-api/stores', 'edge-api/log.ts'],
    types: ['edge-api/env.ts', 'edge-api/ports.ts'],
    packages: [],
  },
  {
    path: 'edge-api/worker.ts',
    value: ['edge-api/app.ts', 'edge-api/common-ports.ts', 'edge-api/env.ts', 'edge-api/stores'],
    types: ['edge-api/host-routes.ts', 'edge-api/ports.ts'],
    packages: ['cloudflare'],
  },
  {
    path: 'edge-api/app-worker.ts',
    value: ['shared', 'edge-api'],
    packages: ['cloudflare'],
  },

  // What never reaches production.
  {
    path: 'edge-api/reference',
    value: ['shared', 'edge-api/rules', 'edge-api/routes'],
    packages: ['zod'],
    ships: false,
  },
  { path: 'edge-api/db/drizzle.config.ts', value: ['edge-api/db'], packages: ['drizzle-kit'], ships: false },
  {
    path: 'edge-api/local',
    value: ['shared', 'edge-api', 'widget/build.ts', 'widget/package.ts', 'dashboard/build.ts'],
    packages: ['*'],
    ships: false,
  },
  { path: 'tests', value: ['shared', 'edge-api', 'widget', 'dashboard', 'tests'], packages: ['*'], ships: false },

  // Copied by customers, so they stand alone.
  { path: 'examples', value: [], packages: ['node', 'react', 'react-dom', '@pernoex/widget'], ships: false },

  // The dashboard: pages never import each other, and what `ui` shows knows no API. The API's shapes are its own types.
  { path: 'dashboard/build.ts', value: [], packages: ['*'], ships: false },
  {
    path: 'dashboard',
    value: ['shared', 'dashboard/ui'],
    types: ['edge-api/db', 'edge-api/flows', 'edge-api/rules', 'edge-api/ports.ts', 'edge-api/project-db.ts'],
    packages: ['preact', 'preact-iso', '@preact/signals', 'uqr'],
  },
  // It reads Markdown as the widget does, so that both show the same.
  { path: 'dashboard/ui', value: ['shared', 'widget/blocks.ts', 'widget/inline.ts'], packages: ['preact'] },

  // The page.
  {
    path: 'widget/build.ts',
    value: ['shared', 'widget/bundle.ts', 'widget/releases.ts'],
    packages: ['*'],
    ships: false,
  },
  { path: 'widget/package.ts', value: ['widget/bundle.ts'], packages: ['*'], ships: false },
  { path: 'widget/bundle.ts', value: [], packages: ['*'], ships: false },
  { path: 'widget/releases.ts', value: [], packages: [] },
  { path: 'widget/react.ts', value: ['widget'], packages: ['react'], ships: false },
  { path: 'widget', value: ['shared/limits.ts'], types: ['shared'], packages: ['preact'] },
]
