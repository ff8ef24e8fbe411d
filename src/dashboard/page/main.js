// Begins the page: who is in sees the list of runs or a run, everybody else the login.
import { el, fill } from './elements.js';
import { loginPage, tokenInAddress } from './login.js';
import { runPage } from './run-page.js';
import { runsPage } from './runs-page.js';
import { Refused, get, post } from './server.js';

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const trail = /** @type {HTMLElement} */ (document.getElementById('trail'));
const logout = /** @type {HTMLButtonElement} */ (document.getElementById('logout'));
const connection = /** @type {HTMLElement} */ (document.getElementById('connection'));

/** Ends what the page before follows. */
let leave = () => undefined;
/** The newest address counts where answers overtake each other. */
let turn = 0;
let begun = false;

async function show() {
  const own = ++turn;
  leave();
  leave = () => undefined;
  say('', '');
  try {
    const runs = await get('runs');
    if (own !== turn) return;
    logout.hidden = false;
    const name = runOfAddress() ?? (runs.length === 1 ? runs[0].id : null);
    leave = name === null ? runsPage(main, runs) : runPage(main, { name, runs, say, expired: show });
    place(name, runs.length);
    // What had the focus is gone: reading goes on where the new page begins.
    if (begun && document.activeElement === document.body) main.focus({ preventScroll: true });
    begun = true;
  } catch (error) {
    if (own === turn) fail(error);
  }
}

/** @param {unknown} error */
function fail(error) {
  begun = true;
  if (error instanceof Refused && error.status === 401) {
    logout.hidden = true;
    fill(trail);
    loginPage(main, show);
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  const again = el('button', { type: 'button', click: show }, 'Try again');
  fill(
    main,
    el('div', { class: 'note bad', role: 'alert' }, el('p', {}, `The server does not answer: ${message}`), again),
  );
}

/** `#/run/NAME` */
function runOfAddress() {
  const found = /^#\/run\/(.+)$/.exec(location.hash);
  return found === null ? null : decodeURIComponent(found[1]);
}

/**
 * @param {string | null} name
 * @param {number} count
 */
function place(name, count) {
  document.title = name === null ? 'Runs – mlip' : `${name} – mlip`;
  if (count < 2) return fill(trail);
  const runs = el('a', { href: '#/' }, 'Runs');
  if (name === null) fill(trail, 'Runs');
  else fill(trail, runs, ' / ', el('span', { 'aria-current': 'page' }, name));
}

/**
 * How the page hears from the server.
 *
 * @param {string} state
 * @param {string} text
 */
function say(state, text) {
  if (connection.textContent === text && connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = text;
}

logout.addEventListener('click', async () => {
  await post('logout', {}).catch(() => undefined);
  show();
});

document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});

window.addEventListener('hashchange', () => {
  // Links within a page are not addresses of pages.
  if (location.hash === '' || location.hash.startsWith('#/')) show();
  else if (location.hash.startsWith('#token=')) enter();
});

/** Also of a link that is opened where the page is open already. */
async function enter() {
  const token = tokenInAddress();
  if (token !== null) await post('login', { token }).catch(() => undefined);
  await show();
}

await enter();
