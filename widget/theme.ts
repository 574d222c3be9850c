/** The panel's style sheet goes into the shadow root as an object, which no `style-src` forbids. */
export function adoptSheet(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}

/** A project's accent comes from a form: anything that is no plain colour is left out. */
export function readAccent(accent: string | undefined): string | undefined {
  return accent && CSS.supports('color', accent) && !accent.includes('var(') ? accent : undefined
}
