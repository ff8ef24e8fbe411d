/**
 * Runs a scenario of the coordinator's state machine and renders what it answers.
 *
 * A scenario file holds commands, one a line, each followed by its expected output, indented. Times are milliseconds.
 *
 *   # comment
 *   run workers=2 steps=3 save=2 [resume=4]      a new run: B = 4 x workers, m = 2, heartbeat 1 s, data 5 s, step 10 s
 *                [stepMs=10000] [min=1] [max=0] [micro=4] [rebalance=0] [stragglerMs=0] [skips=2]
 *   recover generation=3 workers=0,1 step=5      after `run`: the coordinator starts again with that record
 *                [checkpoint=4] [condemned=1] [rows=16] [paused] [stopping] [wanted=3]
 *   0 join [version=V] [port=P]                  a worker; with rejoin=1 one that lost its coordinator:
 *          [rejoin=1] [generation=3] [holding=5] [fresh] [process=0]     `process`: when it joined for the first time
 *   1 loaded all [rows=16] [data=D]
 *   2 place all                                  InPlace
 *   3 contribute 0 step=0 [generation=1] [tensors=vision:4x512,text:4x512]
 *   4 commit 0 step=0 [loss=2.5] [wait=0.5] [seconds=0.1] [hash=H] [skipped=3,4]
 *   5 halted 0 [holding=1]                       without `holding` it holds no state
 *   6 saved 0 step=2 | saveFailed 0 step=2 | failed 1 message=... [code=C] [secondary] [blamed=0] [intact] | leave 0
 *     stop | broken
 *   6 order stop | pause | resume | drain worker=1 [generation=3] [force] | scale to=3 [stay]     a command, and its answer
 *   7 closed 0 [connection=0]                    the end of its stream, or of a former one: a join's time is its number
 *   7 found [step=2] [recorded] | status
 *   9000 wait [beating=0,2]                      time passes up to then, in ticks of 250 ms, these sending heartbeats
 *   9000 awake                                   one tick, after whatever time
 *
 * `all` in place of a worker means every member whose turn it is. A generation that is not given is the present one. Steps are
 * 0-based indices, as on the wire.
 */
import type { CommitReport, CoordinatorEvent, Effect, Holding, RunOrder } from '../../src/coordinator/events.js';
import { initialState } from '../../src/coordinator/initial-state.js';
import { memberOf } from '../../src/coordinator/members.js';
import type { RunSettings, RunState } from '../../src/coordinator/state.js';
import { statusOf } from '../../src/coordinator/status.js';
import { step } from '../../src/coordinator/step.js';
import type { RunEvent } from '../../src/rpc/run-events.js';
import type { CoordinatorMessage } from '../../src/rpc/service.js';
import { PROTOCOL, mlipVersion } from '../../src/rpc/protocol.js';

/** The scenario with its output as it is now. */
export function transcribe(scenario: string): string {
  let state: RunState | null = null;
  const lines: string[] = [];
  for (const line of scenario.split('\n').filter((text) => !text.startsWith('  '))) {
    lines.push(line);
    if (line === '' || line.startsWith('#')) continue;
    const result = obey(state, line);
    state = result.state;
    lines.push(...result.output.map((text) => `  ${text}`));
  }
  return lines.join('\n');
}

interface Result {
  state: RunState;
  output: string[];
}

class Command {
  readonly nowMs: number;
  readonly name: string;
  readonly target: string;
  private readonly options: Map<string, string>;

  constructor(line: string) {
    const words = line.split(' ');
    this.nowMs = words[0] === 'run' ? 0 : Number(words.shift());
    this.name = words.shift()!;
    this.target = words.length > 0 && !words[0].includes('=') ? words.shift()! : '';
    this.options = new Map(words.map((word) => [word.split('=')[0], word.slice(word.indexOf('=') + 1)]));
  }

  has(key: string): boolean {
    return this.options.has(key);
  }
  text(key: string, otherwise: string): string {
    return this.options.get(key) ?? otherwise;
  }
  number(key: string, otherwise: number): number {
    return Number(this.options.get(key) ?? otherwise);
  }
}

function obey(state: RunState | null, line: string): Result {
  const command = new Command(line);
  if (command.name === 'run') return { state: initialState(settingsOf(command), 0), output: [] };
  if (state === null) throw new Error('a scenario begins with "run"');
  if (command.name === 'recover') return { state: recovered(state, command), output: [] };
  if (command.name === 'status') return { state, output: [statusOf(state, command.nowMs).reason!] };
  const workers = command.target === 'all' ? everybody(state, command.name) : [Number(command.target)];
  const now = state;
  const events = command.name === 'wait' ? ticksOf(now, command) : workers.flatMap((w) => eventsOf(now, command, w));
  return events.reduce(feed, { state, output: [] });
}

/** All whose turn it is; of a gather, all ranks. */
function everybody({ members, generation }: RunState, command: string): number[] {
  if (command === 'contribute') return [...generation.ranks.keys()];
  const turn: Partial<Record<string, string>> = {
    place: 'serving',
    commit: 'serving',
    halted: 'halting',
    loaded: 'loading',
  };
  return members.filter(({ standing }) => standing === (turn[command] ?? standing)).map(({ worker }) => worker);
}

function feed({ state, output }: Result, event: CoordinatorEvent): Result {
  const next = step(state, event);
  const changed = next.state.phase === state.phase ? [] : [`== ${next.state.phase}`];
  return { state: next.state, output: [...output, ...render(next.effects), ...changed] };
}

function settingsOf(command: Command): RunSettings {
  const workers = command.number('workers', 2);
  const resumed = command.number('resume', 0);
  const microBatches = command.number('micro', 2 * workers);
  return {
    ...{ runId: 'r1', out: '/out', workers, configJson: '{}', configHash: 'c', epochs: 2, submission: '' },
    ...{ batchSize: 2 * microBatches, microBatchSize: 2, steps: command.number('steps', 0) },
    saveEverySteps: command.number('save', 0),
    resume: resumed === 0 ? null : { step: resumed, checkpoint: `checkpoints/step-${resumed}` },
    elastic: {
      ...{ minWorkers: command.number('min', 1), maxWorkers: command.number('max', 0), rejoinMs: 30_000 },
      ...{ rebalanceSteps: command.number('rebalance', 0), stragglerFactor: 2 },
      stragglerMs: command.number('stragglerMs', 0),
    },
    maxSkippedSteps: command.number('skips', 2),
    timeouts: { joinMs: 20_000, heartbeatMs: 1_000, stepMs: command.number('stepMs', 10_000), dataMs: 5_000 },
  };
}

function recovered({ settings }: RunState, command: Command): RunState {
  const saved = command.number('checkpoint', 0);
  const workers = numbers(command.text('workers', ''));
  return initialState(settings, command.nowMs, {
    ...{ version: 1, runId: 'r1', configHash: 'c', generation: command.number('generation', 1), workers },
    ...{ nextWorker: Math.max(-1, ...workers) + 1, step: command.number('step', 0), resume: null, ended: false },
    ...{ rewoundIn: 0, condemned: numbers(command.text('condemned', '')), stopped: false, cause: null, submission: '' },
    ...{ paused: command.has('paused'), stopOrdered: command.has('stopping') },
    ...{ wanted: command.has('wanted') ? command.number('wanted', 0) : null, restarts: 0, workersLost: 0 },
    loaded: command.has('rows') ? loadedOf(command) : null,
    checkpoint: saved === 0 ? null : { step: saved, path: `checkpoints/step-${saved}` },
  });
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number);
}

function ticksOf(state: RunState, command: Command): CoordinatorEvent[] {
  const beating = numbers(command.text('beating', ''));
  const events: CoordinatorEvent[] = [];
  for (let nowMs = state.tickedMs + 250; nowMs <= command.nowMs; nowMs += 250) {
    events.push(...beating.map((worker) => ({ kind: 'heartbeat' as const, worker, nowMs })), { kind: 'tick', nowMs });
  }
  return events;
}

function eventsOf(state: RunState, command: Command, worker: number): CoordinatorEvent {
  const generation = command.number('generation', state.generation.number);
  return runEventOf(command, generation) ?? workerEventOf(state, command, worker);
}

function runEventOf(command: Command, generation: number): CoordinatorEvent | undefined {
  const { nowMs } = command;
  switch (command.name) {
    case 'join':
      return { kind: 'join', nowMs, connection: nowMs, ...workerOf(command, generation) };
    case 'found': {
      const [found, recorded] = [command.number('step', 0), command.has('recorded')];
      return {
        ...{ kind: 'checkpointFound', nowMs },
        checkpoint: found === 0 ? null : { step: found, path: `checkpoints/step-${found}`, recorded },
      };
    }
    case 'stop':
      return { kind: 'stop', nowMs };
    case 'order':
      return { kind: 'order', nowMs, request: nowMs, order: orderOf(command, generation) };
    case 'awake':
      return { kind: 'tick', nowMs };
    case 'broken':
      return {
        kind: 'broken',
        nowMs,
        failure: { code: 'MLIP_E_OUT_WRITE', message: 'no space', where: '', remedy: '' },
      };
    default:
      return undefined;
  }
}

function orderOf(command: Command, generation: number): RunOrder {
  switch (command.target) {
    case 'drain':
      return { kind: 'drain', worker: command.number('worker', 0), generation, force: command.has('force') };
    case 'scale':
      return { kind: 'scale', workers: command.number('to', 1), lets: command.has('stay') ? 'stay' : 'go' };
    default:
      return { kind: command.target as 'stop' | 'pause' | 'resume' };
  }
}

function workerEventOf(state: RunState, command: Command, worker: number): CoordinatorEvent {
  const { nowMs } = command;
  const generation = command.number('generation', state.generation.number);
  const place = { generation, step: command.number('step', 0) };
  switch (command.name) {
    case 'loaded':
      return { kind: 'loaded', nowMs, worker, ...loadedOf(command) };
    case 'place':
      return { kind: 'inPlace', nowMs, worker, generation };
    case 'contribute':
      return { kind: 'contribution', nowMs, rank: worker, ...place, tensors: tensorsOf(command) };
    case 'commit':
      return { kind: 'commit', nowMs, worker, ...place, report: reportOf(command) };
    case 'halted':
      return { kind: 'halted', nowMs, worker, generation, holding: holdingOf(command) };
    case 'leave':
      return { kind: 'leave', nowMs, worker };
    case 'saved':
      return { kind: 'saved', nowMs, worker, step: place.step, path: `checkpoints/step-${place.step}` };
    case 'saveFailed': {
      const failure = { code: 'MLIP_E_OUT_WRITE', message: 'the disk is full', where: '/out', remedy: '' };
      return { kind: 'saveFailed', nowMs, worker, step: place.step, failure };
    }
    case 'failed': {
      const code = command.text('code', 'MLIP_E_TEST');
      const failure = { code, message: command.text('message', 'broke'), where: '', remedy: '' };
      const flags = { secondary: command.has('secondary'), stateIntact: command.has('intact'), generation };
      const blamed = command.has('blamed') ? command.number('blamed', 0) : null;
      return { kind: 'failed', nowMs, worker, failure, ...flags, blamed };
    }
    case 'closed':
      return { kind: 'closed', nowMs, worker, connection: connectionOf(state, command, worker) };
    default:
      throw new Error(`unknown command ${command.name}`);
  }
}

function connectionOf(state: RunState, command: Command, worker: number): number {
  return command.number('connection', memberOf(state, worker)?.connection ?? -1);
}

function workerOf(command: Command, generation: number): Pick<CoordinatorEvent & { kind: 'join' }, 'info' | 'rejoin'> {
  const process = command.number('process', command.nowMs);
  const info = {
    protocol: command.number('protocol', PROTOCOL),
    version: command.text('version', mlipVersion),
    ...{ host: 'h', port: command.number('port', 9000 + process), pid: 100 + process, device: 'cpu' },
  };
  if (!command.has('rejoin')) return { info, rejoin: null };
  const loaded = command.has('fresh') ? null : loadedOf(command);
  const runId = command.text('run', 'r1');
  return {
    info,
    rejoin: { runId, worker: command.number('rejoin', 0), generation, loaded, holding: holdingOf(command) },
  };
}

function loadedOf(command: Command) {
  return { rows: command.number('rows', 16), dataHash: command.text('data', 'd') };
}

/** As of a worker that has applied the newest step itself. */
function holdingOf(command: Command): Holding | null {
  return command.has('holding') ? { step: command.number('holding', 0), report: reportOf(command) } : null;
}

function tensorsOf(command: Command): { name: string; rows: number; rowBytes: number }[] {
  return command
    .text('tensors', 'vision:4x512,text:4x512')
    .split(',')
    .map((text) => {
      const [, name, rows, rowBytes] = /^(\w+):(\d+)x(\d+)$/.exec(text)!;
      return { name, rows: Number(rows), rowBytes: Number(rowBytes) };
    });
}

function reportOf(command: Command): CommitReport {
  const loss = command.number('loss', 2.5);
  const rows = numbers(command.text('skipped', ''));
  return {
    ...{ losses: { loss, loss_global: loss }, learningRate: 0.001, gradNorm: 1, account: null },
    skipped: rows.length === 0 ? null : { reason: 'the loss is NaN', rows },
    phaseSeconds: { data: command.number('wait', 0), backward: command.number('seconds', 0) },
    stateHash: command.text('hash', ''),
  };
}

/** Equal messages to several ranks are one line. */
function render(effects: readonly Effect[]): string[] {
  const lines: { text: string; workers: number[] }[] = [];
  for (const effect of effects) {
    const text = textOf(effect);
    const last = lines.at(-1);
    if (effect.kind === 'send' && last?.text === text && last.workers.length > 0) last.workers.push(effect.worker);
    else lines.push({ text, workers: effect.kind === 'send' ? [effect.worker] : [] });
  }
  return lines.map(({ text, workers }) => (workers.length === 0 ? text : `to ${workers.join(', ')}: ${text}`));
}

function recordText(record: (Effect & { kind: 'persist' })['record']): string {
  const { generation, workers, condemned, ended, paused, wanted, stopOrdered } = record;
  const ordered = `${paused ? ' paused' : ''}${stopOrdered ? ' stopping' : ''}${wanted === null ? '' : ` wanted=${wanted}`}`;
  const unsound = condemned.length > 0 ? ` condemned=${condemned.join(',')}` : '';
  return `generation=${generation} workers=${workers.join(',')}${unsound}${ordered}${ended ? ' ended' : ''}`;
}

function textOf(effect: Effect): string {
  switch (effect.kind) {
    case 'send':
      return messageText(effect.message);
    case 'announce':
      return announcementText(effect.event);
    case 'record':
      return `record ${bodyText(effect.line)}`;
    case 'persist':
      return `persist ${recordText(effect.record)}`;
    case 'refuse':
    case 'drop':
    case 'refuseContribution':
    case 'abandonGather': {
      const { kind, failure, ...body } = effect;
      return `${kind} ${bodyText(body)} ${failure.code}: ${failure.message}`.replace('  ', ' ');
    }
    case 'answer':
      return `answer ${answerText(effect.answer)}`;
    case 'end':
      return `end ${effect.outcome.kind} step=${effect.outcome.step} checkpoint=${effect.outcome.checkpoint}`;
    default: {
      const { kind, ...body } = effect;
      return `${kind} ${bodyText(body)}`;
    }
  }
}

function answerText(answer: (Effect & { kind: 'answer' })['answer']): string {
  return 'code' in answer ? `${answer.code}: ${answer.message}` : bodyText(answer);
}

/** The cause of an abort is the one that the run announces; the run's own text in a welcome is always the same, and so are peers. */
function messageText(message: CoordinatorMessage): string {
  const [[kind, body]] = Object.entries(message) as [string, object][];
  const hidden = new Set(['cause', 'config', 'out', 'runId', 'peers', 'heartbeatMs']);
  return `${kind} ${bodyText(Object.fromEntries(Object.entries(body).filter(([key]) => !hidden.has(key))))}`.trimEnd();
}

function announcementText(event: RunEvent): string {
  if (event.kind === 'step') return `announce step ${event.line.step}`;
  const { kind, ...body } = event;
  return `announce ${kind} ${bodyText(event.kind === 'failed' ? event.failure : body)}`;
}

const NOTHING: ReadonlySet<unknown> = new Set(['', false, null]);

function bodyText(body: object): string {
  return Object.entries(body)
    .filter(([, value]) => !NOTHING.has(value) && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => (value === true ? key : `${key}=${JSON.stringify(value)}`))
    .join(' ');
}
