// Asks how far an import has got, less and less often, and reloads the whole page once the import stops moving.
(function () {
  const area = document.querySelector('[data-progress]')
  if (!area) return
  const LONGEST = 15000
  let wait = 2000
  let left = 60

  // A screen reader says all of an area whose elements are replaced, so words that stay the same stay where they are.
  function show(words) {
    const answer = document.createElement('div')
    answer.innerHTML = words
    if (answer.textContent !== area.textContent) {
      area.innerHTML = words
      return
    }
    const bars = answer.querySelectorAll('.app-bar')
    area.querySelectorAll('.app-bar').forEach((bar, place) => bar.replaceWith(bars[place] ?? ''))
  }

  async function ask() {
    try {
      const answer = await fetch(area.dataset.progress, { credentials: 'same-origin', redirect: 'error' })
      const words = await answer.text()
      if (!answer.ok) return
      document.dispatchEvent(new Event('session-renewed'))
      if (answer.headers.get('X-Is-Moving') !== 'yes') {
        window.location.reload()
        return
      }
      show(words)
    } catch {
      // The server could not be reached for a moment: asked again below.
    }
    wait = Math.min(wait * 1.2, LONGEST)
    left -= 1
    if (left) window.setTimeout(ask, wait)
  }

  window.setTimeout(ask, wait)
})()
