import type { BlockContent, Parent } from 'mdast'
import type { Extension as FromMarkdownExtension } from 'mdast-util-from-markdown'
import { factorySpace } from 'micromark-factory-space'
import { markdownLineEnding } from 'micromark-util-character'
import type { Code, Construct, Effects, Extension, State, Token, TokenizeContext } from 'micromark-util-types'

/**
 * Containers fenced by colons, in all the dialects of docs sites: `::: tip Title` (VitePress), `:::note[Title]`
 * (Starlight, Docusaurus) and nested ones with more colons outside. What follows the colons is kept as it stands in `info`;
 * the micromark directive extension knows only the second form.
 */
export interface ColonContainer extends Parent {
  type: 'colonContainer'
  info: string
  children: BlockContent[]
}

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    colonContainer: 'colonContainer'
    colonContainerFence: 'colonContainerFence'
    colonContainerInfo: 'colonContainerInfo'
    colonContainerContent: 'colonContainerContent'
  }
}

const COLON = 58

export function colonContainer(): Extension {
  return { flow: { [COLON]: { name: 'colonContainer', tokenize: tokenizeContainer, concrete: true } } }
}

export function colonContainerFromMarkdown(): FromMarkdownExtension {
  return {
    enter: {
      colonContainer(token) {
        const node: ColonContainer = { type: 'colonContainer', info: '', children: [] }
        this.enter(node as never, token)
      },
    },
    exit: {
      colonContainerInfo(token) {
        const node = this.stack.at(-1) as unknown as ColonContainer
        node.info = this.sliceSerialize(token).trim()
      },
      colonContainer(token) {
        this.exit(token)
      },
    },
  }
}

const nonLazyLine: Construct = { tokenize: tokenizeNonLazyLine, partial: true }

function tokenizeContainer(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  const self = this
  const tail = self.events.at(-1)
  const indent = tail && tail[1].type === 'linePrefix' ? tail[2].sliceSerialize(tail[1], true).length : 0
  let colons = 0
  let previous: Token | undefined

  function start(code: Code): State | undefined {
    effects.enter('colonContainer')
    effects.enter('colonContainerFence')
    return sequence(code)
  }
  function sequence(code: Code): State | undefined {
    if (code === COLON) {
      effects.consume(code)
      colons++
      return sequence
    }
    // Three colons alone open nothing: they would be a stray closing fence.
    if (colons < 3 || code === null || markdownLineEnding(code)) return nok(code)
    return factorySpace(effects, beforeInfo, 'whitespace')(code)
  }
  function beforeInfo(code: Code): State | undefined {
    if (code === null || markdownLineEnding(code)) return nok(code)
    effects.enter('colonContainerInfo')
    return info(code)
  }
  function info(code: Code): State | undefined {
    if (code !== null && !markdownLineEnding(code)) {
      effects.consume(code)
      return info
    }
    effects.exit('colonContainerInfo')
    effects.exit('colonContainerFence')
    if (code === null) return after(code)
    if (self.interrupt) return ok(code)
    return effects.attempt(nonLazyLine, contentStart, after)(code)
  }
  function contentStart(code: Code): State | undefined {
    if (code === null) return after(code)
    if (markdownLineEnding(code)) return effects.check(nonLazyLine, enterContent, after)(code)
    return enterContent(code)
  }
  function enterContent(code: Code): State | undefined {
    effects.enter('colonContainerContent')
    return lineStart(code)
  }
  function lineStart(code: Code): State | undefined {
    const closing: Construct = { tokenize: closingFence(self, () => colons), partial: true }
    const line = indent > 0 ? factorySpace(effects, chunkStart, 'linePrefix', indent + 1) : chunkStart
    return effects.attempt(closing, afterContent, line)(code)
  }
  function chunkStart(code: Code): State | undefined {
    if (code === null) return afterContent(code)
    if (markdownLineEnding(code)) return effects.check(nonLazyLine, enterChunk, afterContent)(code)
    return enterChunk(code)
  }
  function enterChunk(code: Code): State | undefined {
    const token = effects.enter('chunkDocument', { contentType: 'document', previous })
    if (previous) previous.next = token
    previous = token
    return chunk(code)
  }
  function chunk(code: Code): State | undefined {
    if (code === null) return exitChunk(afterContent)(code)
    if (markdownLineEnding(code)) return effects.check(nonLazyLine, endOfLine, exitChunk(afterContent))(code)
    effects.consume(code)
    return chunk
  }
  function endOfLine(code: Code): State | undefined {
    effects.consume(code)
    exitChunkToken()
    return lineStart
  }
  function exitChunk(next: State): State {
    return (code) => {
      exitChunkToken()
      return next(code)
    }
  }
  function exitChunkToken(): void {
    const token = effects.exit('chunkDocument')
    self.parser.lazy[token.start.line] = false
  }
  function afterContent(code: Code): State | undefined {
    effects.exit('colonContainerContent')
    return after(code)
  }
  function after(code: Code): State | undefined {
    effects.exit('colonContainer')
    return ok(code)
  }
  return start
}

/** At least as many colons as opened the container, and nothing else on the line. */
function closingFence(self: TokenizeContext, opened: () => number): Construct['tokenize'] {
  return (effects, ok, nok) => {
    let colons = 0
    const maxIndent = self.parser.constructs.disable.null?.includes('codeIndented') ? undefined : 4
    function enter(code: Code): State | undefined {
      effects.enter('colonContainerFence')
      return sequence(code)
    }
    function sequence(code: Code): State | undefined {
      if (code === COLON) {
        effects.consume(code)
        colons++
        return sequence
      }
      if (colons < opened()) return nok(code)
      return factorySpace(effects, end, 'whitespace')(code)
    }
    function end(code: Code): State | undefined {
      if (code !== null && !markdownLineEnding(code)) return nok(code)
      effects.exit('colonContainerFence')
      return ok(code)
    }
    return factorySpace(effects, enter, 'linePrefix', maxIndent)
  }
}

function tokenizeNonLazyLine(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  const lineStart: State = (code) => (this.parser.lazy[this.now().line] ? nok(code) : ok(code))
  return (code) => {
    effects.enter('lineEnding')
    effects.consume(code)
    effects.exit('lineEnding')
    return lineStart
  }
}
