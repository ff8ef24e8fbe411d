// Builds elements. Text is always text: nothing that a run has written is taken for HTML.

/** @typedef {Node | string | number | null | undefined} Child */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [properties] attributes; functions are listeners; null and false are left out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  setAll(element, properties);
  fill(element, ...children);
  return element;
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAll(element, properties);
  fill(element, ...children);
  return element;
}

/**
 * Puts children in the place of what an element holds.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  const nodes = children.filter((child) => child !== null && child !== undefined);
  element.replaceChildren(...nodes.map((child) => (child instanceof Node ? child : String(child))));
}

/**
 * @param {Element} element
 * @param {Record<string, unknown>} properties
 */
function setAll(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, '');
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
}

/**
 * A section of the page with its heading.
 *
 * @param {string} id
 * @param {string} title
 * @param {string} about
 * @param {...Child} children
 */
export function section(id, title, about, ...children) {
  const head = el(
    'div',
    { class: 'section-head' },
    el('h2', { id: `${id}-title` }, title),
    el('p', { class: 'soft' }, about),
  );
  return el('section', { id, 'aria-labelledby': `${id}-title`, tabindex: -1 }, head, ...children);
}

/**
 * Numbers for those who cannot see a chart, or want to read them.
 *
 * @param {string} caption
 * @param {string[]} heads
 * @param {Child[][]} rows the first cell of each is its heading
 */
export function table(caption, heads, rows) {
  const number = (/** @type {number} */ column) => (column > 0 ? 'number' : null);
  const head = heads.map((text, column) => el('th', { scope: 'col', class: number(column) }, text));
  const body = rows.map((cells) =>
    el(
      'tr',
      {},
      ...cells.map((cell, column) =>
        column === 0 ? el('th', { scope: 'row' }, cell) : el('td', { class: 'number' }, cell),
      ),
    ),
  );
  return el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...body));
}

/**
 * What may be wider or longer than its place, and is scrolled with the keyboard too.
 *
 * @param {string} label
 * @param {string} kind a class: scroll, or scroll-x
 * @param {...Child} children
 */
export function scrolled(label, kind, ...children) {
  return el('div', { class: kind, tabindex: 0, role: 'region', 'aria-label': label }, ...children);
}

/**
 * A table that is made when somebody opens it.
 *
 * @param {string} about
 * @param {() => Node} make
 */
export function numbers(about, make) {
  const place = scrolled(`${about}: numbers`, 'scroll');
  const summary = el('summary', {}, 'Numbers', el('span', { class: 'hidden-text' }, `: ${about}`));
  const details = el('details', { class: 'numbers' }, summary, place);
  details.addEventListener('toggle', () => details.open && fill(place, make()));
  return details;
}
