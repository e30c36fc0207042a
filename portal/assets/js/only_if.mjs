// A question that depends on the answer to another is hidden until that answer is chosen. `data-only-if` on its
// controls names the other question and the answers: "level=1,2". Hidden controls are not sent. The question is always
// shown without JavaScript, where it has an error, and where the form does not ask the other one.
function belongs (form, [name, answers]) {
  const asked = [...form.querySelectorAll(`[name="${name}"]`)]
  const chosen = asked.filter(control => control.checked && !control.disabled).map(control => control.value)
  return !asked.length || chosen.some(value => answers.split(',').includes(value))
}

function look (form) {
  for (const control of form.querySelectorAll('[data-only-if]')) {
    const group = control.closest('.govuk-form-group')
    const shown = group.classList.contains('govuk-form-group--error') || belongs(form, control.dataset.onlyIf.split('='))
    control.disabled = !shown
    group.hidden = !shown
  }
}

export function watchAnswers () {
  const forms = new Set([...document.querySelectorAll('[data-only-if]')].map(control => control.form))
  for (const form of forms) {
    look(form)
    form.addEventListener('change', () => look(form))
  }
  window.addEventListener('pageshow', () => forms.forEach(look)) // the browser may have restored answers
}
