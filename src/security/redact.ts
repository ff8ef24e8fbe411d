/** Takes secrets out of text that leaves a run: logs, archives. */

const HIDDEN = '[hidden]';

/** The password in `nats://user:password@host`. */
const PASSWORD_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:"']*:)[^\s/@"']+(@)/gi;

/** @param secrets values that must not be seen; as they are, or within JSON */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const values = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, withinJson(secret)]);
  const known = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text) =>
    known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text).replace(PASSWORD_IN_URL, `$1${HIDDEN}$2`);
}

function withinJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
