// The login: the token of the run, once.
import { el, fill } from './elements.js';
import { Refused, post } from './server.js';

/** The token of a link `#token=...`, which is taken out of the address and of the history. */
export function tokenInAddress() {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (found === null) return null;
  history.replaceState(null, '', location.pathname);
  return decodeURIComponent(found[1]);
}

/**
 * @param {HTMLElement} place
 * @param {() => void} done
 */
export function loginPage(place, done) {
  const field = el('input', {
    ...{ id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true },
    'aria-describedby': 'token-help token-error',
  });
  const error = el('div', { id: 'token-error', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'main-action' }, 'Open the dashboard');
  const help = el(
    'p',
    { id: 'token-help', class: 'soft' },
    'The content of the file ',
    el('code', {}, 'token'),
    ' in the output directory of the run.',
  );
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    button.disabled = true;
    const refused = await login(field.value.trim());
    button.disabled = false;
    if (refused === null) return done();
    fill(
      error,
      el(
        'div',
        { class: 'note bad' },
        el('p', {}, refused.code === '' ? null : el('code', {}, refused.code), ` ${refused.message}`),
        el('p', {}, refused.remedy),
      ),
    );
    field.setAttribute('aria-invalid', 'true');
    field.select();
  };
  const form = el('form', { submit }, el('label', { for: 'token' }, 'Token of the run'), field, error, button);
  fill(place, el('section', { class: 'card login' }, el('h1', {}, 'Log in'), help, form));
  document.title = 'Log in – mlip';
  field.focus();
}

/**
 * Null where it was the right one.
 *
 * @param {string} token
 */
async function login(token) {
  try {
    await post('login', { token });
    return null;
  } catch (error) {
    if (error instanceof Refused) return error;
    return new Refused(0, { message: 'the server does not answer', remedy: 'Is the run still going on?' });
  }
}
