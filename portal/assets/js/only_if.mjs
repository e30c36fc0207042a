// A question that belongs to one answer of another is out of sight until that answer is chosen. `data-only-if` on its
// controls names the question and the answers: "level=1,2". What is out of sight is not sent; without script, and where
// something was wrong with it, the question is there all the time.
const chosen = (form, name) =>
  [...form.querySelectorAll(`[name="${name}"]:checked:not(:disabled)`)].map(control => control.value)

function look (form) {
  for (const control of form.querySelectorAll('[data-only-if]')) {
    const [name, answers] = control.dataset.onlyIf.split('=')
    const group = control.closest('.govuk-form-group')
    const belongs = group.classList.contains('govuk-form-group--error') ||
      chosen(form, name).some(value => answers.split(',').includes(value))
    control.disabled = !belongs
    group.hidden = !belongs
  }
}

export function watchAnswers () {
  const forms = new Set([...document.querySelectorAll('[data-only-if]')].map(control => control.form))
  for (const form of forms) {
    look(form)
    form.addEventListener('change', () => look(form))
  }
  window.addEventListener('pageshow', () => forms.forEach(look)) // the browser may have put answers back
}
