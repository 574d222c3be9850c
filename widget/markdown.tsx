import type { ComponentChildren, VNode } from 'preact'
import { useWords } from './answer-words.ts'
import type { Block, Item } from './blocks.ts'
import { fill, useLayoutEffect, useRef, useState, useStore, useWidget } from './borrowed.ts'
import { Cite } from './citation.tsx'
import { type Inline, parseInline } from './inline.ts'

/** Finished blocks keep their node, so Preact passes over them without looking inside. */
const drawn = new WeakMap<object, VNode>()

function once<Part extends object>(part: Part, draw: (part: Part) => VNode): VNode {
  const known = drawn.get(part)
  if (known) return known
  const node = draw(part)
  drawn.set(part, node)
  return node
}

export function Markdown({ blocks, growing }: { blocks: readonly Block[]; growing: boolean }) {
  const last = growing ? blocks.length - 1 : -1
  return <>{blocks.map((block, index) => (index === last ? drawBlock(block, true) : once(block, drawBlock)))}</>
}

function drawBlock(block: Block, growing?: boolean): VNode {
  const open = growing === true
  if (block.kind === 'paragraph') return <p dir="auto">{drawInline(parseInline(block.text, open))}</p>
  if (block.kind === 'heading') return <h4 dir="auto">{drawInline(parseInline(block.text, open))}</h4>
  if (block.kind === 'list') return drawList(block, open)
  if (block.kind === 'code') return <CodeBlock info={block.info} lines={block.lines} />
  if (block.kind === 'table') return <Table block={block} />
  if (block.kind === 'quote')
    return (
      <blockquote dir="auto">
        <Markdown blocks={block.blocks} growing={open} />
      </blockquote>
    )
  return <hr />
}

function drawList({ ordered, start, items }: Extract<Block, { kind: 'list' }>, open: boolean): VNode {
  const last = open ? items.length - 1 : -1
  const drawnItems = items.map((item, index) => (index === last ? drawItem(item, true) : once(item, drawItem)))
  return ordered ? (
    <ol dir="auto" start={start}>
      {drawnItems}
    </ol>
  ) : (
    <ul dir="auto">{drawnItems}</ul>
  )
}

function drawItem({ task, blocks }: Item, growing?: boolean): VNode {
  const [first, ...rest] = blocks
  const open = growing === true
  // A tight item's words stand beside its bullet, not in a paragraph of their own.
  const words = first?.kind === 'paragraph' ? drawInline(parseInline(first.text, open && rest.length === 0)) : null
  return (
    <li class={task === null ? undefined : 'task'}>
      {task !== null && <Tick done={task} />}
      {words}
      <Markdown blocks={words ? rest : blocks} growing={open} />
    </li>
  )
}

function Tick({ done }: { done: boolean }) {
  const words = useWords()
  return <span class="tick" role="img" aria-label={done ? words.done : words.undone} data-done={done} />
}

function drawInline(nodes: Inline[]): (VNode | string)[] {
  return nodes.map((node) => {
    if (typeof node === 'string') return node
    if (node.kind === 'code') return <code>{node.text}</code>
    if (node.kind === 'cite') return <Cite n={node.n} />
    if (node.kind === 'break') return <br />
    if (node.kind === 'image') return <Picture src={node.src} alt={node.alt} />
    const children = drawInline(node.children)
    if (node.kind !== 'link') return <node.kind>{children}</node.kind>
    return (
      <a href={node.href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    )
  })
}

/** An image tells another server of the visitor, so it is fetched only where the page or the project has asked for images. */
function Picture({ src, alt }: { src: string; alt: string }) {
  const { options } = useWidget()
  const configured = useStore(({ config }) => config?.widget.images)
  return String(options.images ?? configured) === 'true' ? (
    <img src={src} alt={alt} loading="lazy" decoding="async" referrerpolicy="no-referrer" />
  ) : (
    <a href={src} target="_blank" rel="noopener noreferrer nofollow">
      {alt || src}
    </a>
  )
}

/** `ts [vite.config.ts]` and `ts title="vite.config.ts"` name a file; else the language is the label. */
function readInfo(info: string): { language: string; label: string } {
  const language = /^[\w+#.-]*/.exec(info)?.[0] ?? ''
  const file = /\[([^\]]+)\]|title="([^"]+)"/.exec(info)
  return { language, label: file?.[1] ?? file?.[2] ?? language }
}

function CodeBlock({ info, lines }: { info: string; lines: string[] }) {
  const words = useWords()
  const { label } = readInfo(info)
  return (
    <figure class="code">
      <figcaption>
        <span>{label || words.code}</span>
        <CopyButton text={() => lines.join('\n')} />
      </figcaption>
      <Scroller label={label ? fill(words.codeIn, { language: label }) : words.code}>
        <pre dir="ltr">
          <code>{lines.map((line) => `${line}\n`)}</code>
        </pre>
      </Scroller>
    </figure>
  )
}

/** What scrolls sideways must be reachable by keyboard, and then must have a name. */
function Scroller({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, a section would be one landmark more
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <div class="scroller" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}

function CopyButton({ text }: { text(): string }) {
  const words = useWords()
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useLayoutEffect(() => () => clearTimeout(timer.current), [])
  if (!navigator.clipboard) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    setCopied(true)
    timer.current = setTimeout(setCopied, 2000, false)
  }
  return (
    <button type="button" class="copy" onClick={() => copy().catch(() => {})}>
      <span role="status">{copied ? words.copied : words.copy}</span>
    </button>
  )
}

function Table({ block: { align, head, rows } }: { block: Extract<Block, { kind: 'table' }> }) {
  const words = useWords()
  return (
    <Scroller label={words.table}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th class={align[column]}>{drawInline(parseInline(cell))}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) =>
            once(row, () => (
              <tr>
                {row.map((cell, column) => (
                  <td class={align[column]}>{drawInline(parseInline(cell))}</td>
                ))}
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Scroller>
  )
}
