// What Prometheus may see of a run, and which alert it is for: each fires when it should, and is quiet while all is well.
import type { AlertCase } from './rules.js';

const coordinator = { run: 'r1', role: 'coordinator' };
const labelsOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
/** A series of the coordinator. */
const of = (name: string, labels: Record<string, string> = {}): string =>
  `${name}{${labelsOf({ ...labels, ...coordinator })}}`;

const loss = of('mlip_loss', { part: 'loss' });

export const ALERT_CASES: AlertCase[] = [
  {
    ...{ alert: 'MlipStalled', name: 'fires where steps end', at: '75m', fires: [coordinator] },
    series: { [of('mlip_step')]: '0+10x50 500x40' },
  },
  {
    ...{ alert: 'MlipStalled', name: 'fires where training never begins', at: '25m', fires: [coordinator] },
    series: { [of('mlip_step')]: '0x40' },
  },
  {
    ...{ alert: 'MlipStalled', name: 'is quiet at a step in eight minutes', at: '75m', fires: [] },
    series: { [of('mlip_step')]: '1x8 2x8 3x8 4x8 5x8 6x8 7x8 8x8 9x8 10x8' },
  },
  {
    ...{ alert: 'MlipStalled', name: 'is quiet where a run has ended', at: '75m', fires: [] },
    series: { [of('mlip_step')]: '0+10x50 stale' },
  },
  {
    ...{ alert: 'MlipStalled', name: 'is quiet while somebody has paused the run', at: '75m', fires: [] },
    series: { [of('mlip_step')]: '0+10x50 500x40', [of('mlip_run_state', { state: 'paused' })]: '0x50 1x40' },
  },
  {
    ...{ alert: 'MlipStalled', name: 'is quiet while a run starts', at: '9m', fires: [] },
    series: { [of('mlip_step')]: '0x9' },
  },
  {
    ...{ alert: 'MlipLossNotFinite', name: 'fires at a skipped step', at: '15m', fires: [{ run: 'r1' }] },
    series: { [of('mlip_skipped_steps_total')]: '0x10 1x20', [loss]: '2x30' },
  },
  {
    ...{ alert: 'MlipLossNotFinite', name: 'fires at NaN', at: '15m', fires: [{ run: 'r1' }] },
    series: { [of('mlip_skipped_steps_total')]: '0x30', [loss]: `2x10 ${'NaN '.repeat(20)}` },
  },
  {
    ...{ alert: 'MlipLossNotFinite', name: 'fires at infinity', at: '15m', fires: [{ run: 'r1' }] },
    series: { [of('mlip_skipped_steps_total')]: '0x30', [loss]: `2x10 ${'Inf '.repeat(20)}` },
  },
  {
    ...{ alert: 'MlipLossNotFinite', name: 'is quiet while all is finite', at: '30m', fires: [] },
    series: { [of('mlip_skipped_steps_total')]: '1x40', [loss]: '2-0.01x40' },
  },
  {
    ...{
      alert: 'MlipLossDiverging',
      name: 'fires where the loss doubles',
      at: '2h40m',
      fires: [{ part: 'loss', ...coordinator }],
    },
    series: { [loss]: '4-0.03x100 1+0.06x60' },
  },
  {
    ...{ alert: 'MlipLossDiverging', name: 'is quiet at noise', at: '3h', fires: [] },
    series: { [loss]: `${'1.0 1.3 0.9 1.2 '.repeat(50)}` },
  },
  {
    ...{ alert: 'MlipLossDiverging', name: 'is quiet while the loss falls', at: '3h', fires: [] },
    series: { [loss]: '4-0.02x190' },
  },
  {
    ...{ alert: 'MlipLossDiverging', name: 'is quiet at one bad step', at: '2h1m', fires: [] },
    series: { [loss]: '1x119 9 1x60' },
  },
  {
    ...{
      alert: 'MlipWorkersFlapping',
      name: 'fires where a worker keeps coming back',
      at: '60m',
      fires: [coordinator],
    },
    series: {
      [of('mlip_worker_losses_total')]: '0+0x10 0+0.2x60',
      [of('mlip_joins_total')]: '4+0x10 4+0.2x60',
    },
  },
  {
    ...{ alert: 'MlipWorkersFlapping', name: 'is quiet where a run starts and shrinks', at: '40m', fires: [] },
    series: { [of('mlip_worker_losses_total')]: '0x20 4x40', [of('mlip_joins_total')]: '0 8x60' },
  },
  {
    ...{ alert: 'MlipWorkersFlapping', name: 'is quiet where one comes back', at: '40m', fires: [] },
    series: { [of('mlip_worker_losses_total')]: '0x20 1x40', [of('mlip_joins_total')]: '8x22 9x40' },
  },
  {
    alert: 'MlipStraggler',
    name: 'fires for the worker that is one',
    at: '30m',
    fires: [{ worker: '3', ...coordinator }],
    series: {
      [of('mlip_straggler', { worker: '3' })]: '0x10 1x30',
      [of('mlip_straggler', { worker: '4' })]: '0x40',
    },
  },
  {
    ...{ alert: 'MlipStraggler', name: 'is quiet at one that catches up', at: '20m', fires: [] },
    series: { [of('mlip_straggler', { worker: '3' })]: '0x10 1x5 0x30' },
  },
  {
    ...{
      alert: 'MlipDataStarved',
      name: 'fires where a third of the time is waiting',
      at: '45m',
      fires: [coordinator],
    },
    series: { [of('mlip_data_wait_ratio')]: '0.4x60' },
  },
  {
    ...{ alert: 'MlipDataStarved', name: 'is quiet where waits are short', at: '45m', fires: [] },
    series: { [of('mlip_data_wait_ratio')]: '0.02x20 0.9 0.02x40' },
  },
  {
    ...{ alert: 'MlipCheckpointTooOld', name: 'fires where steps go on without', at: '30m', fires: [coordinator] },
    series: {
      [of('mlip_step')]: '0+100x60',
      [of('mlip_checkpoint_step')]: '0+0x60',
      [of('mlip_checkpoint_interval_steps')]: '500x60',
      [of('mlip_checkpoint_timestamp_seconds')]: '0x60',
    },
  },
  {
    ...{ alert: 'MlipCheckpointTooOld', name: 'fires after six hours', at: '6h20m', fires: [coordinator] },
    series: {
      [of('mlip_step')]: '0+1x400',
      [of('mlip_checkpoint_step')]: '0x400',
      [of('mlip_checkpoint_interval_steps')]: '500x400',
      [of('mlip_checkpoint_timestamp_seconds')]: '0x400',
    },
  },
  {
    ...{ alert: 'MlipCheckpointTooOld', name: 'is quiet while the run is paused', at: '6h20m', fires: [] },
    series: {
      [of('mlip_step')]: '100x400',
      [of('mlip_checkpoint_step')]: '0x400',
      [of('mlip_checkpoint_interval_steps')]: '500x400',
      [of('mlip_checkpoint_timestamp_seconds')]: '0x400',
      [of('mlip_run_state', { state: 'paused' })]: '1x400',
    },
  },
  {
    ...{ alert: 'MlipCheckpointTooOld', name: 'is quiet where each is written in time', at: '10h', fires: [] },
    series: {
      [of('mlip_step')]: '0+100x600',
      [of('mlip_checkpoint_step')]: '0+100x600',
      [of('mlip_checkpoint_interval_steps')]: '500x600',
      [of('mlip_checkpoint_timestamp_seconds')]: '0+60x600',
    },
  },
  {
    ...{ alert: 'MlipCheckpointTooOld', name: 'is quiet where one is written at the end only', at: '10h', fires: [] },
    series: {
      [of('mlip_step')]: '0+100x600',
      [of('mlip_checkpoint_step')]: '0x600',
      [of('mlip_checkpoint_interval_steps')]: '0x600',
      [of('mlip_checkpoint_timestamp_seconds')]: '0x600',
    },
  },
  {
    ...{ alert: 'MlipCheckpointFailed', name: 'fires at a failure', at: '30m', fires: [coordinator] },
    series: { [of('mlip_checkpoint_failures_total')]: '0x20 1x40' },
  },
  {
    ...{ alert: 'MlipCheckpointFailed', name: 'is quiet an hour after the last one', at: '90m', fires: [] },
    series: { [of('mlip_checkpoint_failures_total')]: '0x20 1x80' },
  },
  {
    ...{
      alert: 'MlipLeaseContention',
      name: 'fires where leadership goes to and fro',
      at: '30m',
      fires: [{ lease: 'a' }],
    },
    series: {
      'mlip_lease_token{lease="a",instance="x"}': '1x5 _x5 3x5 _x5 5x5 _x5 7x5',
      'mlip_lease_token{lease="a",instance="y"}': '_x5 2x5 _x5 4x5 _x5 6x5 _x5',
    },
  },
  {
    ...{ alert: 'MlipLeaseContention', name: 'fires where two say that they lead', at: '15m', fires: [{ lease: 'a' }] },
    series: {
      'mlip_leader{lease="a",instance="x"}': '1x20',
      'mlip_leader{lease="a",instance="y"}': '0x5 1x20',
    },
  },
  {
    ...{
      alert: 'MlipLeaseContention',
      name: 'is quiet where two namespaces have runs of one name',
      at: '15m',
      fires: [],
    },
    series: { 'mlip_leader{lease="a",namespace="one"}': '1x20', 'mlip_leader{lease="a",namespace="two"}': '1x20' },
  },
  {
    ...{ alert: 'MlipLeaseContention', name: 'is quiet at one takeover', at: '30m', fires: [] },
    series: {
      'mlip_lease_token{lease="a",instance="x"}': '1x10 stale',
      'mlip_lease_token{lease="a",instance="y"}': '_x11 2x30',
      'mlip_leader{lease="a",instance="x"}': '1x10 stale',
      'mlip_leader{lease="a",instance="y"}': '0x11 1x30',
    },
  },
  {
    ...{ alert: 'MlipNoLeader', name: 'fires where all stand by', at: '10m', fires: [{ lease: 'a' }] },
    series: {
      'mlip_leader{lease="a",instance="x"}': '0x20',
      'mlip_leader{lease="a",instance="y"}': '0x20',
    },
  },
  {
    ...{ alert: 'MlipNoLeader', name: 'fires where nobody takes what was submitted', at: '10m', fires: [{}] },
    series: { [of('mlip_queue_depth')]: '1x20' },
  },
  {
    ...{ alert: 'MlipNoLeader', name: 'is quiet where another run waits in the queue', at: '10m', fires: [] },
    series: { [of('mlip_queue_depth')]: '2x20', 'mlip_leader{lease="a",instance="x"}': '1x20' },
  },
  {
    ...{
      alert: 'MlipNoLeader',
      name: 'fires in one namespace while the run of that name is led in another',
      at: '10m',
      fires: [{ lease: 'a', namespace: 'one' }],
    },
    series: { 'mlip_leader{lease="a",namespace="one"}': '0x20', 'mlip_leader{lease="a",namespace="two"}': '1x20' },
  },
  {
    ...{ alert: 'MlipNoLeader', name: 'is quiet where one leads', at: '10m', fires: [] },
    series: {
      'mlip_leader{lease="a",instance="x"}': '0x20',
      'mlip_leader{lease="a",instance="y"}': '1x20',
    },
  },
  {
    ...{ alert: 'MlipRefused', name: 'fires at wrong tokens', at: '12m', fires: [{ run: 'r1', reason: 'token' }] },
    series: {
      [of('mlip_refused_total', { reason: 'token' })]: '0+1x30',
      [of('mlip_refused_total', { reason: 'stale' })]: '0+5x30',
    },
  },
  {
    ...{ alert: 'MlipRefused', name: 'is quiet at what a change of membership brings', at: '30m', fires: [] },
    series: {
      [of('mlip_refused_total', { reason: 'token' })]: '0x10 1x30',
      [of('mlip_refused_total', { reason: 'stale' })]: '0+5x40',
    },
  },
];
