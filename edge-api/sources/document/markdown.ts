import type { Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { mdxFromMarkdown } from 'mdast-util-mdx'
import { frontmatter } from 'micromark-extension-frontmatter'
import { gfm } from 'micromark-extension-gfm'
import { mdxjs } from 'micromark-extension-mdxjs'
import { colonContainer, colonContainerFromMarkdown } from './colon-container.ts'
import { type Complexity, inlineLimit } from './hostile-markup.ts'

export function parseMarkdown(text: string, longRuns: Complexity['longRuns']): Root {
  return fromMarkdown(text, {
    extensions: [gfm(), frontmatter(), colonContainer(), inlineLimit(longRuns)],
    mdastExtensions: [gfmNodes(), frontmatterFromMarkdown(), colonContainerFromMarkdown()],
  })
}

/** Throws where the MDX compiler would. */
export function parseMdx(text: string, longRuns: Complexity['longRuns']): Root {
  return fromMarkdown(guardHeadingIds(text), {
    extensions: [gfm(), frontmatter(), colonContainer(), mdxjs(), inlineLimit(longRuns)],
    mdastExtensions: [gfmNodes(), frontmatterFromMarkdown(), colonContainerFromMarkdown(), mdxFromMarkdown()],
  })
}

/** Without its second search for bare addresses in the finished tree, which is quadratic in the length of a word. */
function gfmNodes(): ReturnType<typeof gfmFromMarkdown> {
  return gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension)
}

/** Stand-ins for braces that MDX must not read as an expression; one for one, so that offsets stay true. */
export const OPEN_BRACE = '\uE0B1'
export const CLOSE_BRACE = '\uE0B2'

/** Docusaurus accepts `## Title {#id}` in MDX, where braces would otherwise be JavaScript. */
function guardHeadingIds(text: string): string {
  return text.replace(/^(#{1,6} .*)\{(#[^{}\s]+)\}([ \t]*)$/gm, `$1${OPEN_BRACE}$2${CLOSE_BRACE}$3`)
}

export function restoreBraces(text: string): string {
  return text.replaceAll(OPEN_BRACE, '{').replaceAll(CLOSE_BRACE, '}')
}
