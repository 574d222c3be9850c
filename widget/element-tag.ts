import { defineElement } from './define-element.ts'
import { init } from './tag.ts'

defineElement(init)
