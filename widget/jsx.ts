/** What JSX compiles to. The build puts this in the place of `preact/jsx-runtime`, which carries a server renderer's parts. */
import { type ComponentType, Fragment, h, type VNode } from 'preact'

type Props = Record<string, unknown>

export function jsx(type: ComponentType<Props> | string, props: Props, key?: string): VNode {
  return h(type as ComponentType<Props>, key === undefined ? props : { ...props, key })
}

export { Fragment, jsx as jsxs }
