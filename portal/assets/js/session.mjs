// Warns two minutes before a session ends, renews it for people who want to stay, and takes the page off the screen
// when it ends. The server gives times in seconds, which are counted from when this runs, a moment later than on the
// server. So when the session has ended here, it has ended there too.
const KEPT = 'session-ends'
const MARGIN = 2000

export function watchSession (dialog) {
  const idle = dialog.dataset.idle * 1000
  const warning = dialog.dataset.warning * 1000
  const limit = Date.now() + dialog.dataset.limit * 1000
  const stay = dialog.querySelector('[data-session-stay]')
  const close = dialog.querySelector('[data-session-close]')
  const problem = dialog.querySelector('[data-session-problem]')
  let ends = 0
  let told = false

  function renewed () {
    ends = Math.min(Date.now() + idle, limit)
    try {
      window.localStorage.setItem(KEPT, ends)
    } catch {
      // The browser stores nothing: other tabs find out by themselves.
    }
  }

  // Another tab may have renewed it. A value further away than any session lasts comes from a clock that was wrong.
  function sharedEnd () {
    try {
      const kept = Number(window.localStorage.getItem(KEPT))
      return kept <= Date.now() + idle ? Math.max(kept, ends) : ends
    } catch {
      return ends
    }
  }

  function tell () {
    const last = ends >= limit
    for (const part of dialog.querySelectorAll('[data-session-last]')) {
      part.hidden = (part.dataset.sessionLast === 'yes') !== last
    }
    const time = new Date(ends).toLocaleTimeString('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true })
    for (const place of dialog.querySelectorAll('[data-session-when]')) place.textContent = time.replace(' ', '')
    problem.hidden = true
    dialog.showModal()
    const first = last ? close : stay.querySelector('button')
    first.focus()
  }

  function leave () {
    window.clearInterval(watch)
    window.location.replace(window.location.pathname + window.location.search)
  }

  async function renew () {
    let answer
    try {
      answer = await fetch(stay.action, {
        method: 'POST',
        body: new URLSearchParams(new FormData(stay)),
        credentials: 'same-origin',
        redirect: 'manual'
      })
    } catch {
      // The server could not be reached for a moment.
    }
    if (answer?.ok) {
      renewed()
      dialog.close()
    } else if (!answer || answer.status >= 500) {
      problem.hidden = false
    } else {
      leave()
    }
  }

  function look () {
    ends = sharedEnd()
    const left = ends - Date.now()
    if (left < -MARGIN) leave()
    else if (left > warning) dialog.close()
    else if (!dialog.open && !told) tell()
  }

  stay.addEventListener('submit', event => {
    event.preventDefault()
    renew()
  })
  close.addEventListener('click', () => {
    told = true
    dialog.close()
  })
  dialog.addEventListener('cancel', event => {
    event.preventDefault()
    if (close.hidden) renew()
    else close.click()
  })
  document.addEventListener('session-renewed', renewed)

  const watch = window.setInterval(look, 1000)
  renewed()
  look()
}
