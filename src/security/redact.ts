/** Takes secrets out of text that leaves a run: logs, archives. */

const HIDDEN = '[hidden]';

/** The password in `nats://user:password@host`; it may have an @ of its own. */
const PASSWORD_IN_URL = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:"']*:)[^\s/"']+(@)/gi;

/** What looks like a secret, whoever wrote it. */
const TOKEN_LIKE: readonly RegExp[] = [
  // Private keys in PEM, also within JSON.
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  // JSON web tokens.
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  // Seeds of NKeys.
  /\bS[UAOCNX][A-Z2-7]{56}\b/g,
  // Users of an address without a password: NATS takes a token there.
  /(?<=\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:"']{8,}(?=@)/gi,
  // Tokens of GitHub and Hugging Face.
  /\b(?:gh[pousr]_|hf_)\w{16,}/g,
  // Key ids of Amazon's services.
  /\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g,
];

const WORDS = '(?:token|passw(?:or)?d|passphrase|secret|(?:api|access|secret|private)[_-]?key|credential)';

/** `"password": "of several words"`, also where it is JSON within JSON. */
const QUOTED = new RegExp(
  String.raw`(\b[\w-]{0,64}${WORDS}\\*["']?\s*[=:]\s*)(\\*["'])(?!\[hidden\])[^"'\\]{6,}(?=\\*["'])`,
  'gi',
);

/** `Authorization: Bearer ...`, `Authorization: Basic ...`, `token=...`, `--secret ...`. */
const NAMED = new RegExp(
  String.raw`((?:\bbearer |\bauthorization[\\"']*\s*[=:]\s*[\\"']*basic |--[\w-]{0,64}${WORDS} |\b[\w-]{0,64}${WORDS}\\*["']?\s*[=:]\s*\\*["']?))(?!\[hidden\]|--)[^\s"'\\,;&]{8,}`,
  'gi',
);

/** @param secrets values that must not be seen; as they are, or within JSON */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const values = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, withinJson(secret)]);
  const known = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text) =>
    known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text).replace(PASSWORD_IN_URL, `$1${HIDDEN}$2`);
}

/** The same, and whatever looks like a secret: for what is handed to others. */
export function strictRedactor(secrets: readonly string[]): (text: string) => string {
  const redact = redactor(secrets);
  return (text) =>
    TOKEN_LIKE.reduce((shown, like) => shown.replace(like, HIDDEN), redact(text))
      .replace(QUOTED, `$1$2${HIDDEN}`)
      .replace(NAMED, `$1${HIDDEN}`);
}

function withinJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Fewer characters stand in any text. */
const FEWEST_CHARACTERS = 8;

const FEWEST_ENCODED = 16;

/** Names of variables whose values are secrets. */
const SECRET_NAME = /TOKEN|SECRET|PASSW|_PWD$|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE|NKEY|AUTH|HEADERS/i;

/** Values of the environment that are secrets by their name. */
export function secretsOfEnvironment(env: NodeJS.ProcessEnv): string[] {
  const named = Object.entries(env).filter(([name]) => SECRET_NAME.test(name));
  return named.map(([, value]) => value ?? '').filter((value) => value.length >= FEWEST_CHARACTERS);
}

/** Whether bytes hold one of the secrets, as it is or in base64. */
export function holdsSecret(bytes: Buffer, secrets: readonly string[]): boolean {
  return secrets.some((secret) => formsOf(secret).some((form) => form !== '' && bytes.includes(form)));
}

function formsOf(secret: string): string[] {
  // Pieces of a short one stand in any text.
  if (secret.length < FEWEST_ENCODED) return [secret];
  const bytes = Buffer.from(secret);
  // A base64 text that begins elsewhere ends differently: its middle is the same.
  const shifted = [1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, bytes.toString('base64').replace(/=+$/, '').slice(0, -1), ...shifted, bytes.toString('hex')];
}
