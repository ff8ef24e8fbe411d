/**
 * Runs a scenario of the coordinator's state machine and renders what it answers.
 *
 * A scenario file holds commands, one a line, each followed by its expected output, indented. Times are milliseconds.
 *
 *   # comment
 *   run world=2 steps=3 save=2 [resume=4]      a new run: B = 4 x world, m = 2, heartbeat 1 s, data 5 s
 *                [stepMs=10000]
 *   0 join [version=V] [port=P]
 *   1 loaded all [rows=16] [data=D] [parameters=P]
 *   2 contribute 0 step=0 [generation=1] [tensors=vision:4x512,text:4x512]
 *   3 commit 0 step=0 [loss=2.5] [wait=0.5]
 *   4 saved 0 step=2 | failed 1 message=... [code=C] [secondary] [intact] | closed 0 | stop | broken | status
 *   9000 wait [beating=0,2]                    time passes up to then, in ticks of 250 ms, these ranks sending heartbeats
 *   9000 awake                                 one tick, after whatever time
 *
 * `all` in place of a rank means every rank in turn. Steps are 0-based indices, as on the wire.
 */
import type { CoordinatorEvent, Effect, StepReport } from '../../src/coordinator/events.js';
import { type RunSettings, type RunState, initialState } from '../../src/coordinator/state.js';
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
  if (command.name === 'status') return { state, output: [statusOf(state, command.nowMs).reason] };
  const ranks = command.target === 'all' ? state.members.map(({ rank }) => rank) : [Number(command.target)];
  const events = command.name === 'wait' ? ticksOf(state, command) : ranks.flatMap((rank) => eventsOf(command, rank));
  return events.reduce(feed, { state, output: [] });
}

function feed({ state, output }: Result, event: CoordinatorEvent): Result {
  const next = step(state, event);
  const changed = next.state.phase === state.phase ? [] : [`== ${next.state.phase}`];
  return { state: next.state, output: [...output, ...render(next.effects), ...changed] };
}

function settingsOf(command: Command): RunSettings {
  const world = command.number('world', 2);
  const resumed = command.number('resume', 0);
  return {
    ...{ runId: 'r1', out: '/out', world, configJson: '{}', batchSize: 4 * world, microBatchSize: 2, epochs: 2 },
    steps: command.number('steps', 0),
    saveEverySteps: command.number('save', 0),
    resume: resumed === 0 ? null : { step: resumed, checkpoint: `checkpoints/step-${resumed}` },
    timeouts: { joinMs: 20_000, heartbeatMs: 1_000, stepMs: command.number('stepMs', 10_000), dataMs: 5_000 },
  };
}

function ticksOf(state: RunState, command: Command): CoordinatorEvent[] {
  const beating = command.has('beating') ? command.text('beating', '').split(',').map(Number) : [];
  const events: CoordinatorEvent[] = [];
  for (let nowMs = state.tickedMs + 250; nowMs <= command.nowMs; nowMs += 250) {
    events.push(...beating.map((rank) => ({ kind: 'heartbeat' as const, rank, nowMs })), { kind: 'tick', nowMs });
  }
  return events;
}

function eventsOf(command: Command, rank: number): CoordinatorEvent {
  const { nowMs } = command;
  const place = { rank, generation: command.number('generation', 1), step: command.number('step', 0) };
  switch (command.name) {
    case 'join':
      return { kind: 'join', nowMs, connection: nowMs, worker: workerOf(command) };
    case 'loaded': {
      const hashes = { dataHash: command.text('data', 'd'), parametersHash: command.text('parameters', 'p') };
      return { kind: 'loaded', nowMs, rank, rows: command.number('rows', 16), ...hashes };
    }
    case 'contribute':
      return { kind: 'contribution', nowMs, ...place, tensors: tensorsOf(command) };
    case 'commit':
      return { kind: 'commit', nowMs, ...place, report: reportOf(command) };
    case 'saved':
      return { kind: 'saved', nowMs, rank, step: place.step, path: `checkpoints/step-${place.step}` };
    case 'failed': {
      const code = command.text('code', 'MLIP_E_TEST');
      const failure = { code, message: command.text('message', 'broke'), where: '', remedy: '' };
      const flags = { secondary: command.has('secondary'), stateIntact: command.has('intact') };
      return { kind: 'failed', nowMs, rank, failure, ...flags };
    }
    case 'closed':
      return { kind: 'closed', nowMs, rank };
    case 'stop':
      return { kind: 'stop', nowMs };
    case 'awake':
      return { kind: 'tick', nowMs };
    case 'broken':
      return {
        kind: 'broken',
        nowMs,
        failure: { code: 'MLIP_E_OUT_WRITE', message: 'no space', where: '', remedy: '' },
      };
    default:
      throw new Error(`unknown command ${command.name}`);
  }
}

function workerOf(command: Command): (CoordinatorEvent & { kind: 'join' })['worker'] {
  return {
    protocol: command.number('protocol', PROTOCOL),
    version: command.text('version', mlipVersion),
    ...{ host: 'h', port: command.number('port', 9000 + command.nowMs), pid: 100 + command.nowMs, device: 'cpu' },
  };
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

function reportOf(command: Command): StepReport {
  const loss = command.number('loss', 2.5);
  return {
    whole: { loss, loss_global: loss },
    ...{ learningRate: 0.001, gradNorm: 1, dataWaitSeconds: command.number('wait', 0), commWaitSeconds: 0 },
  };
}

/** Equal messages to several ranks are one line. */
function render(effects: readonly Effect[]): string[] {
  const lines: { text: string; ranks: number[] }[] = [];
  for (const effect of effects) {
    const text = textOf(effect);
    const last = lines.at(-1);
    if (effect.kind === 'send' && last?.text === text && last.ranks.length > 0) last.ranks.push(effect.rank);
    else lines.push({ text, ranks: effect.kind === 'send' ? [effect.rank] : [] });
  }
  return lines.map(({ text, ranks }) => (ranks.length === 0 ? text : `to ${ranks.join(', ')}: ${text}`));
}

function textOf(effect: Effect): string {
  switch (effect.kind) {
    case 'send':
      return messageText(effect.message);
    case 'announce':
      return announcementText(effect.event);
    case 'record':
      return `record ${bodyText(effect.line)}`;
    case 'end':
      return `end ${effect.outcome.kind} step=${effect.outcome.step} checkpoint=${effect.outcome.checkpoint}`;
    default: {
      const { kind, ...body } = effect;
      return `${kind} ${bodyText(body)}`;
    }
  }
}

/** The cause of an abort is the one that the run announces; the run's own text in a welcome is always the same. */
function messageText(message: CoordinatorMessage): string {
  const [[kind, body]] = Object.entries(message) as [string, object][];
  const hidden = new Set(['cause', 'config', 'out', 'runId']);
  return `${kind} ${bodyText(Object.fromEntries(Object.entries(body).filter(([key]) => !hidden.has(key))))}`.trimEnd();
}

function announcementText(event: RunEvent): string {
  if (event.kind === 'step') return `announce step ${event.line.step}`;
  const { kind, ...body } = event;
  return `announce ${kind} ${bodyText(event.kind === 'failed' ? event.failure : body)}`;
}

function bodyText(body: object): string {
  return Object.entries(body)
    .filter(([, value]) => value !== '' && value !== false && value !== null)
    .map(([key, value]) => (value === true ? key : `${key}=${JSON.stringify(value)}`))
    .join(' ');
}
