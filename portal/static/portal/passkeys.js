// Connects the pages about passkeys to allauth's script, and shows on the page what went wrong.
(function () {
  const forms = window.allauth.webauthn.forms
  const supported = 'PublicKeyCredential' in window

  for (const area of document.querySelectorAll('[data-passkeys]')) area.hidden = !supported
  if (!supported) {
    for (const words of document.querySelectorAll('[data-no-passkeys]')) words.hidden = false
    return
  }

  document.addEventListener('allauth.error', event => {
    event.preventDefault()
    const problem = document.querySelector('[data-passkey-problem]')
    problem.hidden = false
    problem.focus()
  })

  const add = document.querySelector('[data-passkey-add]')
  if (add) {
    // A passkey, not only a security key: allauth reads this from a checkbox, and ours is ticked for everybody.
    const passwordless = add.elements.namedItem('passwordless')
    passwordless.checked = true
    forms.addForm({
      ids: {
        add: 'add-passkey',
        passwordless: passwordless.id,
        credential: add.dataset.passkeyAdd,
        data: 'passkey-data'
      }
    })
  }

  const authenticate = document.querySelector('[data-passkey-authenticate]')
  if (authenticate) {
    forms.authenticateForm({
      ids: { authenticate: 'use-passkey', credential: authenticate.dataset.passkeyAuthenticate, data: 'passkey-data' }
    })
  }

  const login = document.querySelector('[data-passkey-login]')
  if (login) {
    forms.loginForm({ ids: { login: 'sign-in-with-passkey', credential: login.dataset.passkeyLogin } })
  }
})()
