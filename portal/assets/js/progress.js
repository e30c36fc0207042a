// Asks how far an import is, less and less often, and shows the whole page anew when something is to be read there.
(function () {
  const area = document.querySelector('[data-progress]')
  if (!area) return
  const LONGEST = 15000
  let wait = 2000
  let left = 60

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
      area.innerHTML = words
    } catch {
      // Out of reach for a moment: asked again below.
    }
    wait = Math.min(wait * 1.2, LONGEST)
    left -= 1
    if (left) window.setTimeout(ask, wait)
  }

  window.setTimeout(ask, wait)
})()
