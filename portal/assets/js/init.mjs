import {
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll
} from 'govuk-frontend'
import { watchAnswers } from './only_if.mjs'
import { watchSession } from './session.mjs'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

for (const component of [
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink
]) {
  createAll(component)
}

// A form reached by a skip link is sent with the link's fragment. The browser then moves the focus there, away from the
// errors or from the message about what was done. So the focus is moved back.
const answer = document.querySelector('.govuk-error-summary') ??
  document.querySelector('.govuk-notification-banner[role=alert]')
if (answer && window.location.hash) {
  window.addEventListener('load', () => requestAnimationFrame(() => {
    answer.tabIndex = -1
    answer.focus()
  }))
}

// On a phone the page itself matters more than the links to other pages, and the results more than their filters. A
// closed filter panel still says on its own line that filters are in use.
const phone = window.matchMedia('(max-width: 40.0525em)')
const makeRoom = () => {
  for (const pages of document.querySelectorAll('.app-sub-navigation__pages')) pages.open = !phone.matches
}
makeRoom()
phone.addEventListener('change', makeRoom)
if (phone.matches) {
  for (const filter of document.querySelectorAll('details.app-filter')) filter.open = false
}

watchAnswers()

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

const sessionEnds = document.querySelector('[data-session-ends]')
if (sessionEnds?.showModal) watchSession(sessionEnds)
