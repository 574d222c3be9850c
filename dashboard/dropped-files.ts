import type { OfferedFile } from './upload-plan.ts'

export interface DroppedFile extends OfferedFile {
  file: File
}

/** More would be no documentation, and the page has to go on answering. */
const MAX_FILES = 5000

/** Files, and whole folders with what is in them. To be called while the drop is handled: afterwards it is empty. */
export async function readDrop(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  const found: DroppedFile[] = []
  for (const entry of entries) await walk(entry, '', found)
  return found
}

/** What was chosen in the browser's own dialog. */
export function readChosen(files: FileList): DroppedFile[] {
  return [...files].slice(0, MAX_FILES).map((file) => ({ path: insideOf(file), size: file.size, file }))
}

/** Without the name of the chosen folder itself: the same docs have the same paths wherever they lie. */
function insideOf({ webkitRelativePath, name }: File): string {
  const inside = webkitRelativePath.split('/').slice(1).join('/')
  return (inside === '' ? name : inside).normalize('NFC')
}

async function walk(entry: FileSystemEntry, folder: string, found: DroppedFile[], isTop = true): Promise<void> {
  if (found.length >= MAX_FILES) return
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    found.push({ path: (folder + entry.name).normalize('NFC'), size: file.size, file })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const inside = isTop ? '' : `${folder}${entry.name}/`
  while (true) {
    // A browser gives a hundred at a time, and none when there are no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return
    for (const child of some) await walk(child, inside, found, false)
  }
}
