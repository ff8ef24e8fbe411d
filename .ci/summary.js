/**
 * Prints the closing line of a test run from vitest's JSON report, and decides the exit status.
 *
 *   node .ci/summary.js REPORT STATUS
 *
 * STATUS is the exit status of the command that ran the tests. A run without a report (a failed check, a crashed runner)
 * and a run without tests count as one failure.
 */
import { existsSync, readFileSync } from 'node:fs';

const [path, status] = process.argv.slice(2);
const { passed, failed, skipped } = existsSync(path) ? count(JSON.parse(readFileSync(path, 'utf8'))) : noTests();
const broken = failed > 0 || passed === 0 || Number(status) !== 0;

console.log(`${passed} passed, ${broken ? Math.max(failed, 1) : 0} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = broken ? Number(status) || 1 : 0;

/** A file that could not be loaded has no tests of its own to fail, so it counts as one. */
function count({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: numPassedTests,
    failed: numFailedTests + unloaded.length,
    skipped: numPendingTests + numTodoTests,
  };
}

function noTests() {
  return { passed: 0, failed: 1, skipped: 0 };
}
