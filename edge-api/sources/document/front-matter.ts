import { parse } from 'yaml'

/** What we use of a page's front matter; whatever else it says is not for readers. */
export interface FrontMatter {
  title?: string
  description?: string
  slug?: string
  id?: string
  /** The generator does not publish the page. */
  unpublished: boolean
  /** Plain values that a page may print by `{{ $frontmatter.x }}`. */
  values: ReadonlyMap<string, string>
}

export const NO_FRONT_MATTER: FrontMatter = { unpublished: false, values: new Map() }

/** Characters; a longer one is data, not front matter. */
const MAX_LENGTH = 50_000

/** Reads YAML front matter; null when it is broken or no mapping. Aliases are off, so that it cannot grow by expansion. */
export function readFrontMatter(yaml: string): FrontMatter | null {
  if (yaml.length > MAX_LENGTH) return null
  try {
    const data: unknown = parse(yaml, { maxAliasCount: 0, logLevel: 'error', prettyErrors: false })
    if (data === null) return NO_FRONT_MATTER
    return typeof data === 'object' && !Array.isArray(data) ? pick(data as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function pick(data: Record<string, unknown>): FrontMatter {
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string' || typeof value === 'number') values.set(name, String(value).trim())
  }
  const front: FrontMatter = { unpublished: data.draft === true, values }
  for (const name of ['title', 'description', 'slug', 'id'] as const) {
    const value = values.get(name)
    if (value !== undefined && value !== '') front[name] = value
  }
  return front
}

/** The front matter of a document of which nothing else is wanted: what stands between its first line and the next `---`. */
export function peekFrontMatter(content: string): FrontMatter {
  const [, yaml] = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*$/m.exec(content) ?? []
  return yaml === undefined ? NO_FRONT_MATTER : (readFrontMatter(yaml) ?? NO_FRONT_MATTER)
}
