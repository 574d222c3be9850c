import { useEffect, useState } from 'preact/hooks'
import { Button } from './button.tsx'

interface CopyProps {
  text: string
  /** What it is, for the button: “Copy snippet”. */
  what: string
  /** Several lines, as they are. */
  block?: boolean
}

/** Text to be taken elsewhere, whole, with a button that says when it is on the clipboard. */
export function Copy({ text, what, block }: CopyProps) {
  const [copied, setCopied] = useState<'' | 'yes' | 'no'>('')
  useEffect(() => {
    if (copied === '') return
    const timer = setTimeout(() => setCopied(''), 3000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied('yes'),
      () => setCopied('no'),
    )
  return (
    <div class={block ? 'copy block' : 'copy'}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <Button icon={copied === 'yes' ? 'check' : 'copy'} onClick={copy} label={`Copy ${what}`}>
        {copied === 'yes' ? 'Copied' : 'Copy'}
      </Button>
      <span class="hidden" role="status">
        {copied === 'yes' ? 'Copied.' : copied === 'no' ? 'Could not copy: select the text and copy it by hand.' : ''}
      </span>
    </div>
  )
}
