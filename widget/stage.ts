import type { WidgetEvents, WidgetHandle, WidgetOptions } from './options.ts'

export type Emit = <Name extends keyof WidgetEvents>(event: Name, detail?: WidgetEvents[Name]) => void

/** Fetches one of our own files and checks it; resolves with what the file has to offer. */
export type FetchPart = (file: string, integrity: string) => Promise<unknown>

/** Shows what is given and leaves the rest as it is. */
export type Dress = (look: Partial<WidgetOptions>) => void

/** What the panel answers to; the launcher does the rest. */
export type Panel = Omit<WidgetHandle, 'on'>

/** Builds the panel beside the launcher. `options` are as the page last said, and change with `update`. */
export type MountPanel = (
  options: WidgetOptions,
  host: HTMLElement,
  launcher: HTMLElement,
  emit: Emit,
  dress: Dress,
  fetchPart: FetchPart,
) => Panel
