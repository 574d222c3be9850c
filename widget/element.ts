import { defineElement } from './define-element.ts'
import { init } from './npm.ts'

defineElement(init)
