const box = document.querySelector('#api-docs')

window.Pernoex ??= []
window.Pernoex.push(() => {
  window.Pernoex.init({ key: box.dataset.key, mode: 'inline', target: box, accent: '#7a3ff2' })
})
