import { useRef, useState } from 'preact/hooks'
import { type DroppedFile, readChosen, readDrop } from '../dropped-files.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

interface DropZoneProps {
  busy: boolean
  onFiles(files: DroppedFile[]): void
}

/** Files and folders, dropped or chosen; by keyboard through the two buttons. */
export function DropZone({ busy, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false)
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const chosen = (input: HTMLInputElement) => {
    if (input.files && input.files.length > 0) onFiles(readChosen(input.files))
    // So that choosing the same again is a change again.
    input.value = ''
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the buttons inside do the same
    <div
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        if (!busy && event.dataTransfer) readDrop(event.dataTransfer).then(onFiles, () => onFiles([]))
      }}
    >
      <Icon name="upload" />
      <h3>Drop files or whole folders here</h3>
      <p class="hint">Markdown, MDX, HTML and plain text, up to 2 MB each. What has not changed is not read again.</p>
      <div class="actions">
        <Button icon="doc" busy={busy} onClick={() => files.current?.click()}>
          Choose files
        </Button>
        <Button icon="folder" busy={busy} onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-label="Files"
        accept=".md,.mdx,.html,.htm,.txt"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        hidden
        tabIndex={-1}
        aria-label="Folder"
        {...{ webkitdirectory: true }}
        onChange={(event) => chosen(event.currentTarget)}
      />
    </div>
  )
}
