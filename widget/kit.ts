/**
 * What the two halves of the panel share. The first half (what opens) owns it; the second (what answers) is a file of its
 * own, fetched when a visitor begins to ask, and is handed these very objects: one Preact, one context.
 */
import { Fragment, h } from 'preact'
import { useContext, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Failure } from './failure.ts'
import { Icon } from './icons.tsx'
import { Citations, useLabels, useStore, useWidget } from './widget.ts'
import { fill } from './words.ts'

export const kit = {
  h,
  Fragment,
  useContext,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  Citations,
  useLabels,
  useStore,
  useWidget,
  Icon,
  Failure,
  fill,
}

export type Kit = typeof kit
