import type { DescribedCall, Reference } from './document.ts'

export const STYLE = `:root { color-scheme: light dark; --line: light-dark(#d5d9e2, #3a4150); --soft: light-dark(#f4f5f8, #1d212a) }
* { box-sizing: border-box }
body { margin: 0; font: 1rem/1.6 system-ui, sans-serif }
main, header { max-width: 60rem; margin: 0 auto; padding: 0 1rem }
header { padding-top: 2rem }
nav ul { columns: 14rem; padding: 0; list-style: none }
h2 { margin: 3rem 0 0; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
article { margin: 2rem 0; padding-left: 1rem; border-left: 3px solid var(--line) }
article:target { border-left-color: currentColor }
h3 { margin: 0; font-size: 1rem }
h3 a { color: inherit; text-decoration: none }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700 }
p { margin: .4rem 0 }
details { margin: .5rem 0 }
summary { cursor: pointer; padding: .2rem 0 }
pre { overflow-x: auto; padding: .8rem; background: var(--soft); border-radius: .4rem; font: .85rem/1.5 ui-monospace, monospace }
table { border-collapse: collapse; width: 100% }
td { padding: .2rem .6rem .2rem 0; vertical-align: top }
td:first-child { white-space: nowrap; width: 5rem }`

interface Named {
  method: string
  path: string
  call: DescribedCall
}

/** The same document for people: one page, no script, nothing fetched. `styleAddress` is where `STYLE` is served. */
export function renderReference(document: Reference, styleAddress: string): string {
  const calls: Named[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ method: method.toUpperCase(), path, call })),
  )
  const tags = [...new Set(calls.flatMap(({ call }) => call.tags))]
  const { title, version, description } = document.info
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<link rel="stylesheet" href="${styleAddress}">
</head>
<body>
<header>
<h1>${text(title)} ${text(version)}</h1>
<p>${text(description)} For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). What each code of a refusal means: <a href="/docs/problems">problems</a>.</p>
<nav aria-label="Calls"><ul>${tags.map((tag) => `<li><a href="#${slug(tag)}">${text(tag)}</a></li>`).join('')}</ul></nav>
</header>
<main>
${tags.map((tag) => renderTag(tag, calls)).join('\n')}
</main>
</body>
</html>
`
}

function renderTag(tag: string, calls: Named[]): string {
  const mine = calls.filter(({ call }) => call.tags.includes(tag))
  return `<section aria-labelledby="${slug(tag)}"><h2 id="${slug(tag)}">${text(tag)}</h2>\n${mine.map(renderCall).join('\n')}\n</section>`
}

function renderCall({ method, path, call }: Named): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = call
  const rows = Object.entries(responses).map(
    ([status, { description: told, content }]) =>
      `<tr><td>${status}</td><td>${code(told)}${Object.entries(content ?? {})
        .filter(([type]) => type !== 'application/problem+json')
        .map(([type, { schema }]) => renderSchema(type, schema))
        .join('')}</td></tr>`,
  )
  return `<article id="${operationId}"><h3><a href="#${operationId}"><span class="method">${method}</span> <code>${text(path)}</code></a></h3>
<p>${text(summary)}.</p>${description ? `<p>${code(description)}</p>` : ''}${renderParameters(parameters)}${
    requestBody
      ? Object.entries(requestBody.content)
          .map(([type, { schema }]) => renderSchema(`Body, ${type}`, schema))
          .join('')
      : ''
  }
<table>${rows.join('')}</table></article>`
}

function renderParameters(parameters: NonNullable<DescribedCall['parameters']>): string {
  const asked = parameters.filter((parameter) => parameter.in === 'query')
  if (asked.length === 0) return ''
  return `<p>Query: ${asked.map(({ name, required }) => `<code>${text(name)}</code>${required ? '' : ' (optional)'}`).join(', ')}</p>`
}

function renderSchema(title: string, schema: object): string {
  return `<details><summary>${text(title)}</summary><pre>${text(JSON.stringify(schema, null, 2))}</pre></details>`
}

const slug = (tag: string): string => tag.toLowerCase().replace(/\W+/g, '-')

function text(plain: string): string {
  return plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

/** With what stands in backticks as code. */
function code(plain: string): string {
  return text(plain).replace(/`([^`]+)`/g, '<code>$1</code>')
}
