import type { Heading } from 'mdast'
import { toString as visibleText } from 'mdast-util-to-string'
import type { SiteStyle } from '#edge/rules/passage.ts'
import type { Anchors } from './anchors.ts'
import { restoreBraces } from './markdown.ts'

/**
 * Gives a tidied heading its anchor. `written` is the same heading as the source has it: generators read its text before
 * components and HTML are resolved.
 */
export function withAnchor(heading: Heading, written: Heading, style: SiteStyle, anchors: Anchors): Heading {
  const explicit = takeExplicitId(heading)
  const known = style === 'vitepress' || style === 'docusaurus' ? explicit : null
  const id = heading.data?.htmlId ?? known
  const anchor = anchors.take(id === null ? headingText(written, style) : '', id)
  // Docusaurus gives its page title no id, though the title counts among the repeated ones.
  const hasAnchor = anchor !== '' && !(style === 'docusaurus' && heading.depth === 1 && !heading.data?.htmlId)
  heading.data = { anchor: hasAnchor ? anchor : null }
  return heading
}

/** The heading's text as its generator hands it to the slugger. */
function headingText(heading: Heading, style: SiteStyle): string {
  const raw = visibleText(heading, {
    includeHtml: false,
    includeImageAlt: style === 'vitepress' || style === 'docusaurus',
  })
  return restoreBraces(raw)
}

/** Takes `{#id}` off the end of a heading. */
function takeExplicitId(heading: Heading): string | null {
  const last = heading.children.at(-1)
  if (last?.type !== 'text') return null
  const text = restoreBraces(last.value).trimEnd()
  const open = text.lastIndexOf('{')
  const id = text.endsWith('}') ? /#([^\s{}.#]+)/.exec(text.slice(open))?.[1] : undefined
  if (open < 0 || id === undefined) return null
  last.value = text.slice(0, open).trimEnd()
  if (last.value === '') heading.children.pop()
  return id
}
