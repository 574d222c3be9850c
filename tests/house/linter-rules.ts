import { ROOMS } from './import-table.ts'

const ALIAS: [string, string][] = [
  ['edge-api/', '#edge/'],
  ['shared/', '#shared/'],
  ['widget/', '#widget/'],
  ['dashboard/', '#dashboard/'],
  ['tests/', '#tests/'],
]

/** `edge-api/rules` → `#edge/rules/**`: how another room names it. */
function asSpecifier(path: string): string {
  const withSlash = path.endsWith('.ts') ? path : `${path}/**`
  const alias = ALIAS.find(([prefix]) => withSlash.startsWith(prefix))
  return alias ? alias[1] + withSlash.slice(alias[0].length) : withSlash
}

/**
 * The part of the import table that the linter can say: which of our rooms a folder may name at all. Rooms of tools are
 * left out, and whether an import is of types only is judged by the house test.
 */
export function linterOverrides(): unknown[] {
  return ROOMS.filter(({ path, ships }) => ships !== false && !path.endsWith('.ts')).map((room) => ({
    includes: [`${room.path}/**`],
    linter: {
      rules: {
        style: {
          noRestrictedImports: {
            level: 'error',
            options: {
              patterns: [
                {
                  group: [
                    '#edge/**',
                    '#shared/**',
                    '#widget/**',
                    '#dashboard/**',
                    '#tests/**',
                    ...[room.path, ...room.value, ...(room.types ?? [])].map((path) => `!${asSpecifier(path)}`),
                  ],
                  message: 'tests/house/import-table.ts says which rooms this folder may import.',
                },
              ],
            },
          },
        },
      },
    },
  }))
}
