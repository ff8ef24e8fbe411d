/** Ranks that are far slower than the others: named, and dropped where the configuration says so. */
import { expel } from './losing.js';
import { memberOf, serving, withMember, withMembers } from './members.js';
import type { Member, RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';
import { secondsPhrase } from './wording.js';

/** A straggler is named when it has been one for so long. */
const NAMED_AFTER_MS = 3_000;

/** Names ranks that are far behind, and drops those that have been for too long. */
export function judgeStragglers(state: RunState, nowMs: number): Transition {
  const median = medianSpeed(state);
  const { stragglerFactor, stragglerMs } = state.settings.elastic;
  const judged = withMembers(state, (member) => judge(member, member.pace.speed * stragglerFactor < median, nowMs));
  return serving(judged).reduce((transition, { worker, pace }) => {
    const sinceMs = pace.slowSinceMs === null ? 0 : nowMs - pace.slowSinceMs;
    if (stragglerMs > 0 && sinceMs >= stragglerMs && serving(transition.state).length > 1) {
      return chain(transition, (next) => expel(next, worker, tooSlow(worker, sinceMs), nowMs));
    }
    if (pace.named || sinceMs < NAMED_AFTER_MS) return transition;
    return chain(transition, (next) => name(next, worker, median));
  }, stay(judged));
}

function judge(member: Member, slow: boolean, nowMs: number): Member {
  const { pace } = member;
  if (pace.speed === 0 || !slow) return { ...member, pace: { ...pace, slowSinceMs: null, named: false } };
  return { ...member, pace: { ...pace, slowSinceMs: pace.slowSinceMs ?? nowMs } };
}

function name(state: RunState, worker: number, median: number): Transition {
  const { pace } = memberOf(state, worker)!;
  const named = withMember(state, worker, { pace: { ...pace, named: true } });
  const text = `worker ${worker} is a straggler: ${(median / pace.speed).toFixed(1)} times slower than the median`;
  return stay(named, { kind: 'announce', event: { kind: 'notice', text } });
}

function medianSpeed(state: RunState): number {
  const speeds = serving(state).map(({ pace }) => pace.speed);
  const known = speeds.filter((speed) => speed > 0).sort((a, b) => a - b);
  return known.length === 0 ? 0 : known[Math.floor(known.length / 2)];
}

function tooSlow(worker: number, sinceMs: number) {
  return {
    code: 'MLIP_E_WORKER_SLOW',
    message: `worker ${worker} has been a straggler for ${secondsPhrase(sinceMs)}`,
    where: `worker ${worker}`,
    remedy: 'Look for what slows that machine down; elastic.stragglerMs and stragglerFactor are the limits.',
  };
}
