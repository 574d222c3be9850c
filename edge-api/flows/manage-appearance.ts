import { allow, type Verdict } from '#shared/verdict.ts'
import type { WidgetConfig } from '#shared/wire.ts'
import { DEFAULT_WIDGET } from '../rules/policy.ts'
import { type Change, type Management, tellGate } from './manage-project.ts'

export interface Appearance {
  /** As the project sets it; what it does not set is the default. */
  widget: Partial<WidgetConfig>
  defaults: WidgetConfig
}

export async function readAppearance({ settings }: Management): Promise<Appearance> {
  return { widget: (await settings.readProject())?.widget ?? {}, defaults: DEFAULT_WIDGET }
}

/** All of it: what is not in `widget` goes back to the default. Pages see it within seconds. */
export async function setAppearance(
  management: Management,
  widget: Partial<WidgetConfig>,
): Promise<Verdict<Change, never>> {
  await management.settings.setWidget(widget)
  return allow(await tellGate(management))
}

export async function renameProject(management: Management, name: string): Promise<Verdict<Change, never>> {
  await management.settings.rename(name)
  return allow(await tellGate(management))
}
