const widget = document.querySelector('pernoex-widget')

// Properties may be set before the element is known.
widget.words = { title: 'Ask the {name} handbook' }
widget.addEventListener('pernoex-answer', ({ detail }) => {
  document.querySelector('#heard').textContent = detail.outcome
})
