// Questions to the server of this page.

/** What the server refuses, with what to do about it. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, message?: string, remedy?: string }} body
   */
  constructor(status, { code = '', message = '', remedy = '' }) {
    super(message === '' ? `the server answered ${status}` : message);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

/** @param {string} path below api/ */
export function get(path) {
  return ask(`api/${path}`);
}

/**
 * @param {string} path
 * @param {object} body
 */
export function post(path, body) {
  return ask(`api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/**
 * @param {string} run
 * @param {string} what
 */
export function runPath(run, what) {
  return `runs/${encodeURIComponent(run)}/${what}`;
}
