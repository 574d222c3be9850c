import { session } from '../session-state.ts'
import { pinnedSnippetFor, snippetFor } from '../snippet.ts'
import { Copy } from '../ui/copy.tsx'

/** Put in by the build: the widget's loader as it was built beside this dashboard. */
declare const WIDGET_RELEASE: { file: string; integrity: string } | null

/** The tag for the newest widget, and folded away the one for this release. */
export function WidgetSnippet({ publicKey }: { publicKey: string }) {
  const edge = session.value?.edge ?? ''
  return (
    <>
      <Copy text={snippetFor(edge, publicKey)} what="the snippet" block />
      {WIDGET_RELEASE && (
        <details>
          <summary>Pin this version</summary>
          <p>
            This tag names the widget as it is today, with its integrity value: nothing else will run, until you paste a
            newer one.
          </p>
          <Copy text={pinnedSnippetFor(edge, publicKey, WIDGET_RELEASE)} what="the pinned snippet" block />
        </details>
      )}
    </>
  )
}
