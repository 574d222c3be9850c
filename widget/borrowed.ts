import type { Kit } from './kit.ts'

/** The first half's kit, under the names by which the second half's files import it. */
export let h: Kit['h']
export let Fragment: Kit['Fragment']
export let Citations: Kit['Citations']
export let useContext: Kit['useContext']
export let useLayoutEffect: Kit['useLayoutEffect']
export let useMemo: Kit['useMemo']
export let useRef: Kit['useRef']
export let useState: Kit['useState']
export let useLabels: Kit['useLabels']
export let useStore: Kit['useStore']
export let useWidget: Kit['useWidget']
export let Icon: Kit['Icon']
export let Failure: Kit['Failure']
export type Failure = InstanceType<Kit['Failure']>
export let fill: Kit['fill']

/** Must run before anything of the second half is called. */
export function borrow(kit: Kit): void {
  ;({ h, Fragment, Citations, useContext, useLayoutEffect, useMemo, useRef, useState } = kit)
  ;({ useLabels, useStore, useWidget, Icon, Failure, fill } = kit)
}
