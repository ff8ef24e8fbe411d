/* global fetch, AbortSignal */
// Ends with 0 where a process of mlip answers that it is well, else with 1 and what it says: an image has no curl.
const url = process.argv[2] ?? 'http://127.0.0.1:9464/healthz';
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  console.log((await answer.text()).trim());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.error(`${url}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
