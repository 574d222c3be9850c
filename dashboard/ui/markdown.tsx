import type { ComponentChildren, VNode } from 'preact'
import { type Block, parseBlocks } from '#widget/blocks.ts'
import { type Inline, parseInline } from '#widget/inline.ts'

/** An answer as its visitor read it: by the widget's own reading of Markdown, drawn as nodes, so nothing in it can run. */
export function Markdown({ text }: { text: string }) {
  return <div class="markdown">{parseBlocks(text).map(drawBlock)}</div>
}

function drawBlock(block: Block): VNode {
  switch (block.kind) {
    case 'paragraph':
      return <p dir="auto">{drawInline(block.text)}</p>
    case 'heading':
      return (
        <p dir="auto">
          <strong>{drawInline(block.text)}</strong>
        </p>
      )
    case 'list': {
      const items = block.items.map(({ blocks }) => <li>{blocks.map(drawBlock)}</li>)
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>
    }
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard
        <pre tabIndex={0}>
          <code>{block.lines.join('\n')}</code>
        </pre>
      )
    case 'table':
      return <Table head={block.head} rows={block.rows} />
    case 'quote':
      return <blockquote>{block.blocks.map(drawBlock)}</blockquote>
    case 'rule':
      return <hr />
  }
}

function Table({ head, rows }: { head: string[]; rows: string[][] }) {
  const cells = (texts: string[], cell: (content: ComponentChildren) => VNode) => (
    <tr>{texts.map((text) => cell(drawInline(text)))}</tr>
  )
  return (
    <div class="table">
      <table>
        <thead>
          {cells(head, (content) => (
            <th scope="col">{content}</th>
          ))}
        </thead>
        <tbody>{rows.map((row) => cells(row, (content) => <td>{content}</td>))}</tbody>
      </table>
    </div>
  )
}

function drawInline(text: string): ComponentChildren {
  return drawNodes(parseInline(text))
}

function drawNodes(nodes: Inline[]): ComponentChildren {
  return nodes.map((node) => {
    if (typeof node === 'string') return node
    switch (node.kind) {
      case 'code':
        return <code>{node.text}</code>
      case 'cite':
        return <sup>[{node.n}]</sup>
      case 'break':
        return <br />
      case 'image':
        return <Outward href={node.src}>{node.alt || node.src}</Outward>
      case 'link':
        return <Outward href={node.href}>{drawNodes(node.children)}</Outward>
      default:
        return <node.kind>{drawNodes(node.children)}</node.kind>
    }
  })
}

/** To somewhere else, which learns nothing of where it was followed from. */
export function Outward({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
