/** What the page asks about runs, and the answers. */
import { MlipError } from '../core/errors.js';
import { compared, configurationOf } from './configuration.js';
import { evaluationReply, evaluationsOf } from './evaluations.js';
import { findLogLines } from './log-lines.js';
import { json, notFound, type Reply } from './reply.js';
import { formatPlaces } from './run-files.js';
import type { RunList } from './run-list.js';
import { summaryOf } from './summary.js';
import type { WatchedRun } from './watched-run.js';

/** A question: the path behind /api/runs/NAME/, and what follows the question mark. */
type Answer = (run: WatchedRun, rest: string[], query: URLSearchParams, runs: RunList) => Promise<Reply>;

const MOST_DRAWN = 4_096;

const ANSWERS: Record<string, Answer> = {
  summary: async (run) => json(await summaryOf(run)),
  curves: async ({ curves }, _, query) => {
    const most = Math.min(numberOf(query, 'most', 1_000), MOST_DRAWN);
    return json(curves.draw(Math.max(1, most), numberOf(query, 'from', -Infinity), numberOf(query, 'to', Infinity)));
  },
  evaluations: async ({ directory }, rest) =>
    rest.length === 0 ? json(await evaluationsOf(directory)) : evaluationReply(directory, rest),
  configuration: async ({ directory }, _, query, runs) => {
    const own = await configurationOf(directory);
    const other = await runs.find(query.get('against') ?? '');
    return json(other === undefined ? own : compared(own, await configurationOf(other.directory)));
  },
  logs: async ({ directory }, _, query) => {
    const text = (key: string): string => query.get(key) ?? '';
    return json(await findLogLines(directory, { level: text('level'), name: text('name'), text: text('text') }));
  },
  state: async (run) =>
    json({
      summary: await summaryOf(run),
      ...{ events: run.events, ranks: run.ranks, firstError: run.firstError, cursor: formatPlaces(run.places) },
    }),
};

/** @param path below /api/ */
export async function answer(runs: RunList, path: string, query: URLSearchParams): Promise<Reply> {
  const [top, name, what, ...rest] = path.split('/').map(decoded);
  if (top !== 'runs') return notFound();
  if (name === undefined) return json(await listOf(runs));
  const run = await runs.find(name);
  const reply = what !== undefined && Object.hasOwn(ANSWERS, what) ? ANSWERS[what] : undefined;
  if (run === undefined || reply === undefined) return notFound();
  await run.refresh();
  return reply(run, rest, query, runs);
}

async function listOf(runs: RunList): Promise<unknown[]> {
  const listed: unknown[] = [];
  for (const [id, run] of await runs.glance()) listed.push({ id, ...(await summaryOf(run)) });
  return listed;
}

function numberOf(query: URLSearchParams, key: string, otherwise: number): number {
  const value = Number(query.get(key) ?? NaN);
  return Number.isNaN(value) ? otherwise : value;
}

/** @throws MLIP_E_USAGE */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new MlipError('MLIP_E_USAGE', 'an address is malformed', { cause });
  }
}
