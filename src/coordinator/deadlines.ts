/** Time passes: workers that fall silent, and waits that are overdue. */
import { MISSED_HEARTBEATS, MISSED_HEARTBEATS_AT_START } from '../rpc/protocol.js';
import { end, fail, memberLost } from './failing.js';
import { type Cause, type Member, type RunState, type Transition, chain, present, stay } from './state.js';
import { countPhrase, ranksPhrase, secondsPhrase } from './wording.js';

export function tick(state: RunState, nowMs: number): Transition {
  if (state.phase === 'ended') return stay(state);
  const awake = forgiveOwnSleep(state, nowMs);
  return chain(loseSilent(awake, nowMs), (next) => chain(endSuspicion(next, nowMs), (last) => endWait(last, nowMs)));
}

/** If the coordinator itself did not run for a while, nobody else is to blame for the silence. */
function forgiveOwnSleep(state: RunState, nowMs: number): RunState {
  const sleptMs = nowMs - state.tickedMs;
  const ticked = { ...state, tickedMs: nowMs };
  if (sleptMs <= state.settings.timeouts.heartbeatMs) return ticked;
  const members = state.members.map((member): Member => ({ ...member, seenMs: member.seenMs + sleptMs }));
  return { ...ticked, members, deadlineMs: state.deadlineMs + sleptMs };
}

/** Given up in order of silence, so that the one which fell silent first is named as the cause. */
function loseSilent(state: RunState, nowMs: number): Transition {
  const limitMs = missedHeartbeats(state) * state.settings.timeouts.heartbeatMs;
  const silent = present(state).filter((member) => nowMs - member.seenMs > limitMs);
  silent.sort((a, b) => a.seenMs - b.seenMs);
  return silent.reduce((transition, member) => chain(transition, (next) => giveUp(next, member, nowMs)), stay(state));
}

function missedHeartbeats({ phase, step, settings }: RunState): number {
  const starting = phase !== 'joining' && step === (settings.resume?.step ?? 0);
  return starting ? MISSED_HEARTBEATS_AT_START : MISSED_HEARTBEATS;
}

function giveUp(state: RunState, { rank, seenMs }: Member, nowMs: number): Transition {
  if (state.phase === 'ended') return stay(state);
  const lost = memberLost(state, rank, `was silent for ${secondsPhrase(nowMs - seenMs)}`, nowMs);
  return { state: lost.state, effects: [{ kind: 'drop', rank }, ...lost.effects] };
}

function endSuspicion(state: RunState, nowMs: number): Transition {
  const { suspicion } = state;
  return suspicion !== null && nowMs >= suspicion.untilMs ? fail(state, suspicion.cause, nowMs) : stay(state);
}

function endWait(state: RunState, nowMs: number): Transition {
  if (nowMs < state.deadlineMs) return stay(state);
  switch (state.phase) {
    case 'joining':
      return fail(state, missingWorkers(state), nowMs);
    case 'aborting':
      return end(state);
    case 'ended':
      return stay(state);
    default: {
      const { what, late } = awaited(state);
      return fail(blame(state, late), overdue(state, what, late), nowMs);
    }
  }
}

function missingWorkers({ settings, members }: RunState): Cause {
  const missing = settings.world - members.length;
  return {
    code: 'MLIP_E_JOIN_TIMEOUT',
    message:
      `${members.length} of ${countPhrase(settings.world, 'worker')} joined within ` +
      `${secondsPhrase(settings.timeouts.joinMs)}; ${missing} ${missing === 1 ? 'is' : 'are'} missing`,
    where: '',
    remedy: 'Look at the logs of the missing workers, or raise timeouts.joinMs.',
    rank: null,
  };
}

interface Awaited {
  what: string;
  /** Ranks that have not done it. */
  late: readonly Member[];
}

/** What the run waits for, in words that fit after "rank 1 did not". Of phases in which workers are awaited. */
export function awaited(state: RunState): Awaited {
  const without = (done: (member: Member) => boolean): Member[] => present(state).filter((member) => !done(member));
  if (state.phase === 'loading') return { what: 'load data and parameters', late: without((m) => m.loaded !== null) };
  if (state.phase === 'saving') return { what: 'write the last checkpoint', late: without((m) => m.rank !== 0) };
  const step = state.step + 1;
  const gathering = state.gathering !== null && state.members.some((member) => !member.contributed);
  if (gathering) return { what: `contribute to the gather of step ${step}`, late: without((m) => m.contributed) };
  return { what: `finish step ${step}`, late: without((m) => m.report !== null) };
}

/** Who is late is not asked for a checkpoint, unless all are. */
function blame(state: RunState, late: readonly Member[]): RunState {
  if (late.length === present(state).length) return state;
  const ranks = new Set(late.map(({ rank }) => rank));
  const members = state.members.map((m): Member =>
    ranks.has(m.rank) ? { ...m, standing: 'failed', stateIntact: false } : m,
  );
  return { ...state, members };
}

function overdue(state: RunState, what: string, late: readonly Member[]): Cause {
  const waitedMs = state.phase === 'loading' ? state.settings.timeouts.joinMs : state.settings.timeouts.stepMs;
  const ranks = ranksPhrase(late.map(({ rank }) => rank));
  return {
    code: 'MLIP_E_RUN_TIMEOUT',
    message: `${ranks} did not ${what} within ${secondsPhrase(waitedMs)}`,
    where: `${ranks}, ${countPhrase(state.step, 'step')} applied`,
    remedy: 'Look at the log of that worker; raise timeouts if it is only slow.',
    rank: late[0].rank,
  };
}
