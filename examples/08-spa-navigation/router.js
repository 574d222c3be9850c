// The hardest kind of router for a widget: it replaces the whole body, inside a view transition where there are any.
const pages = { '/': 'Home', '/prices': 'Prices' }

function draw() {
  const body = document.createElement('body')
  for (const [href, name] of Object.entries(pages)) {
    body.append(Object.assign(document.createElement('a'), { href, textContent: name }), ' ')
  }
  body.append(Object.assign(document.createElement('h1'), { textContent: pages[location.pathname] ?? 'Not found' }))
  document.body.replaceWith(body)
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]')
  if (!link || link.origin !== location.origin) return
  event.preventDefault()
  history.pushState(null, '', link.href)
  if (document.startViewTransition) document.startViewTransition(draw)
  else draw()
})
addEventListener('popstate', draw)
