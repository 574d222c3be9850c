import GithubSlugger from 'github-slugger'
import type { SiteStyle } from '#edge/rules/passage.ts'

/** Gives the headings of one page their ids, in document order. */
export interface Anchors {
  /** `text` is the heading as the generator reads it; `explicit` an id written in the source. */
  take(text: string, explicit: string | null): string
}

export function createAnchors(style: SiteStyle): Anchors {
  return style === 'vitepress' ? vitepressAnchors() : githubAnchors()
}

/** github.com, Docusaurus and Starlight (since Astro 6) all use github-slugger; explicit ids do not count as taken. */
function githubAnchors(): Anchors {
  const slugger = new GithubSlugger()
  return { take: (text, explicit) => explicit ?? slugger.slug(text) }
}

/** VitePress: markdown-it-anchor with the slugs of @mdit-vue/shared; repeats count from 1, explicit ids are taken too. */
function vitepressAnchors(): Anchors {
  const taken = new Set<string>()
  const repeats = new Map<string, number>()
  return {
    take(text, explicit) {
      const slug = explicit ?? vitepressSlug(text)
      let id = slug
      // The count is remembered, so that ten thousand equal headings do not cost ten thousand squared.
      for (let n = repeats.get(slug) ?? 1; explicit === null && taken.has(id); n++) {
        id = `${slug}-${n}`
        repeats.set(slug, n + 1)
      }
      taken.add(id)
      return id
    },
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the generator drops exactly these
const CONTROL = /[\u0000-\u001f]/g
const DIACRITIC = /[\u0300-\u036f]/g
const PUNCTUATION = /[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g

export function vitepressSlug(text: string): string {
  const words = text.normalize('NFKD').replace(DIACRITIC, '').replace(CONTROL, '').replace(PUNCTUATION, '-')
  return words.replace(/^-|-$/g, '').replace(/^\d/, '_$&').toLowerCase()
}
