/** The local docs pages' only style sheet. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --text: #1d2433; --soft: #5a6478; --page: #fff; --tint: #f4f6fa; --line: #dbe1ea; --link: #1a56c4; --mark: #fff3c4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8f0; --soft: #9aa5b8; --page: #12161f; --tint: #1b212d; --line: #303949; --link: #8ab4ff; --mark: #4a3d0d; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.65 system-ui, sans-serif; overflow-wrap: break-word; }
header, main { max-width: 46rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { border-bottom: 1px solid var(--line); font-size: .9rem; }
main { padding-bottom: 40vh; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, pre:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 2em 0 .6em; }
h1 { font-size: 1.9rem; margin-top: .8em; }
h2 { font-size: 1.4rem; border-top: 1px solid var(--line); padding-top: 1em; }
h3 { font-size: 1.15rem; }
h4, h5, h6 { font-size: 1rem; }
:target { background: var(--mark); }
.anchor { color: var(--soft); text-decoration: none; opacity: .45; font-weight: 400; }
.anchor:hover, .anchor:focus-visible, :target > .anchor { opacity: 1; }
img { max-width: 100%; height: auto; }
code { font: .9em/1.55 ui-monospace, monospace; background: var(--tint); border-radius: 4px; padding: .1em .3em; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem; overflow-x: auto; }
pre code { background: none; padding: 0; font-size: .85rem; }
figure { margin: 1em 0; }
figcaption, .tab-label { font-size: .85rem; font-weight: 600; color: var(--soft); margin: 0 0 .3rem; }
figcaption + pre { margin-top: 0; }
table { display: block; overflow-x: auto; border-collapse: collapse; max-width: 100%; }
th, td { border: 1px solid var(--line); padding: .4rem .7rem; text-align: left; vertical-align: top; }
th { background: var(--tint); }
blockquote { margin: 1em 0; padding: 0 1rem; border-left: 4px solid var(--line); color: var(--soft); }
.box, details { margin: 1.2em 0; padding: .7rem 1rem; background: var(--tint); border: 1px solid var(--line); border-left: 4px solid var(--link); border-radius: 6px; }
.box-title, summary { margin: 0; font-weight: 600; }
.warning, .caution { border-left-color: #c98500; }
.danger, .error { border-left-color: #d33a3a; }
.tip, .success { border-left-color: #23925a; }
.tab { margin: 1em 0; padding-left: 1rem; border-left: 2px solid var(--line); }
.pages { columns: 18rem; padding-left: 1.2rem; }
.pages li { break-inside: avoid; }
`
