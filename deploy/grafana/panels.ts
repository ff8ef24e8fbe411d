/** What the dashboard shows, row by row. `$run` is the choice of runs, `$__rate_interval` Grafana's window for rates. */

export interface Query {
  expr: string;
  /** With labels in double braces. */
  legend: string;
}

export type PanelKind = 'timeseries' | 'stat' | 'state-timeline';

export interface PanelSpec {
  title: string;
  description: string;
  kind: PanelKind;
  /** Of Grafana's units; `short` for plain numbers. */
  unit: string;
  queries: Query[];
  /** Of 24 columns. */
  width: number;
  /** Only where it is there does the panel have data. */
  needs?: 'gpu' | 'store' | 'queue';
}

export interface Row {
  title: string;
  panels: PanelSpec[];
}

/** Of the coordinator that leads a chosen run, and of its workers. */
const COORDINATOR = '{role="coordinator",run=~"$run"}';
const WORKERS = '{role="worker",run=~"$run"}';
const WINDOW = '[$__rate_interval]';
const STAT_WIDTH = 4;

const query = (expr: string, legend: string): Query => ({ expr, legend });
const rate = (series: string): string => `rate(${series}${WINDOW})`;
const increase = (series: string): string => `increase(${series}${WINDOW})`;
/** Mean of what a histogram has seen lately. */
const mean = (by: string, name: string, labels: string): string =>
  `sum by (${by}) (${rate(`${name}_sum${labels}`)}) / sum by (${by}) (${rate(`${name}_count${labels}`)})`;
const quantile = (q: number, by: string, name: string, labels: string): string =>
  `histogram_quantile(${q}, sum by (le, ${by}) (${rate(`${name}_bucket${labels}`)}))`;

const stat = (title: string, unit: string, expr: string, description: string): PanelSpec => ({
  ...{ title, unit, description, kind: 'stat' as const, width: STAT_WIDTH },
  queries: [query(expr, '{{run}}')],
});
const graph = (title: string, unit: string, description: string, queries: Query[], more = {}): PanelSpec => ({
  ...{ title, unit, description, kind: 'timeseries' as const, width: 8, queries, ...more },
});

const run: Row = {
  title: 'Run',
  panels: [
    stat('Step', 'short', `mlip_step${COORDINATOR}`, 'Steps applied by all workers'),
    stat(
      'Done',
      'percentunit',
      `mlip_step${COORDINATOR} / (mlip_planned_steps${COORDINATOR} > 0)`,
      'Of the planned steps',
    ),
    stat(
      'Time left',
      's',
      `(mlip_planned_steps${COORDINATOR} - mlip_step${COORDINATOR}) / ${rate(`mlip_step_seconds_count${COORDINATOR}`)}`,
      'At the present rate',
    ),
    stat('Epoch', 'short', `mlip_epoch${COORDINATOR}`, 'From 0'),
    stat('Workers', 'short', `mlip_world_size${COORDINATOR}`, 'Of the generation'),
    stat('Loss', 'short', `mlip_loss{role="coordinator",part="loss",run=~"$run"}`, 'Of the newest step'),
    {
      ...{ title: 'State', kind: 'state-timeline', unit: 'short', width: 24 },
      description: 'What the run does: it trains, waits for workers, regroups them, saves',
      queries: [query(`mlip_run_state${COORDINATOR} == 1`, '{{run}} {{state}}')],
    },
  ],
};

const training: Row = {
  title: 'Training',
  panels: [
    graph('Losses', 'short', 'The loss and each part of it, over the global batch', [
      query(`mlip_loss${COORDINATOR}`, '{{run}} {{part}}'),
    ]),
    graph('Gradient norm', 'short', 'Before it is clipped', [query(`mlip_gradient_norm${COORDINATOR}`, '{{run}}')]),
    graph('Learning rate', 'sci', 'Of the newest step', [query(`mlip_learning_rate${COORDINATOR}`, '{{run}}')]),
    graph('Temperatures', 'short', 'Of the losses in use; they do not change during a run', [
      query(`mlip_temperature${COORDINATOR}`, '{{run}} {{loss}}'),
    ]),
    graph('Skipped steps', 'short', 'A loss or a gradient was not finite', [
      query(increase(`mlip_skipped_steps_total${COORDINATOR}`), '{{run}}'),
    ]),
    graph('Unusable rows', 'short', 'Rows whose image a worker could not use; the most of any worker', [
      query(`max by (run) (mlip_unusable_rows${WORKERS})`, '{{run}}'),
    ]),
  ],
};

const speed: Row = {
  title: 'Speed',
  panels: [
    graph('Pairs a second', 'short', 'Image-report pairs trained on', [
      query(rate(`mlip_pairs_total${COORDINATOR}`), '{{run}}'),
      query(`mlip_pairs_per_second${COORDINATOR}`, '{{run}} newest step'),
    ]),
    graph('Time of a step', 's', 'From step to step', [
      query(quantile(0.5, 'run', 'mlip_step_seconds', COORDINATOR), '{{run}} median'),
      query(quantile(0.95, 'run', 'mlip_step_seconds', COORDINATOR), '{{run}} 95 %'),
    ]),
    graph('Waits', 'percentunit', 'Share of a step in which the average worker waited', [
      query(`mlip_data_wait_ratio${COORDINATOR}`, '{{run}} for data'),
      query(`mlip_communication_wait_ratio${COORDINATOR}`, '{{run}} for other workers'),
    ]),
    graph('Time of a phase', 's', 'Mean over all workers', [
      query(mean('phase', 'mlip_phase_seconds', WORKERS), '{{phase}}'),
    ]),
    graph('Longest phases', 's', '95 % of the steps of all workers are faster', [
      query(quantile(0.95, 'phase', 'mlip_phase_seconds', WORKERS), '{{phase}}'),
    ]),
    graph('Slowest workers', 's', 'Time in a step that the worker itself computes, the ten with most', [
      query(
        `topk(10, ${mean('worker', 'mlip_phase_seconds', '{phase=~"encode|backward",role="worker",run=~"$run"}')})`,
        'worker {{worker}}',
      ),
    ]),
  ],
};

const workers: Row = {
  title: 'Workers',
  panels: [
    graph('World and generation', 'short', 'A new generation begins whenever workers come or go', [
      query(`mlip_world_size${COORDINATOR}`, '{{run}} workers'),
      query(`mlip_generation${COORDINATOR}`, '{{run}} generation'),
    ]),
    graph('Joins and losses', 'short', 'Workers that came and went', [
      query(increase(`mlip_joins_total${COORDINATOR}`), '{{run}} joined'),
      query(increase(`mlip_worker_losses_total${COORDINATOR}`), '{{run}} gone'),
    ]),
    graph('Restarts', 'short', 'By another coordinator, from a checkpoint, or of the ring of workers', [
      query(increase(`mlip_restarts_total${COORDINATOR}`), '{{run}} {{of}}'),
    ]),
    graph('Regrouping', 's', 'From a change of membership until all ranks are in place, on average so far', [
      query(`mlip_regroup_seconds_sum${COORDINATOR} / mlip_regroup_seconds_count${COORDINATOR}`, '{{run}}'),
    ]),
    graph('Speed of workers', 'short', 'Micro-batches a second of their own time', [
      query(`mlip_worker_speed${COORDINATOR}`, 'worker {{worker}}'),
    ]),
    graph('Stragglers', 'short', 'Workers that are far slower than the others', [
      query(`sum by (run) (mlip_straggler${COORDINATOR})`, '{{run}}'),
    ]),
    graph('Heartbeats', 'short', 'Received in a second', [
      query(`sum by (run) (${rate(`mlip_heartbeats_total${COORDINATOR}`)})`, '{{run}}'),
    ]),
    graph('Steps in vain', 'short', 'Generations that were ended, and steps begun and not finished, over all workers', [
      query(`sum by (run) (${increase(`mlip_halts_total${WORKERS}`)})`, '{{run}} halts'),
      query(`sum by (run) (${increase(`mlip_abandoned_steps_total${WORKERS}`)})`, '{{run}} abandoned steps'),
    ]),
    graph('Lost coordinators', 'short', 'Times that a worker lost its coordinator and found one', [
      query(`sum by (run) (${increase(`mlip_reconnects_total${WORKERS}`)})`, '{{run}}'),
    ]),
  ],
};

const checkpoints: Row = {
  title: 'Checkpoints',
  panels: [
    graph('Age of the newest', 's', 'Since it was written, or since the coordinator began', [
      query(`time() - mlip_checkpoint_timestamp_seconds${COORDINATOR}`, '{{run}}'),
    ]),
    graph('Steps since', 'short', 'What would be lost with all workers', [
      query(`mlip_step${COORDINATOR} - mlip_checkpoint_step${COORDINATOR}`, '{{run}}'),
      query(`mlip_checkpoint_interval_steps${COORDINATOR}`, '{{run}} interval'),
    ]),
    graph('Checkpoints', 's', 'From the call until it is on disk, and the part of it that training waits; so far', [
      query(
        `sum by (run) (mlip_checkpoint_seconds_sum${WORKERS}) / sum by (run) (mlip_checkpoint_seconds_count${WORKERS})`,
        '{{run}} written',
      ),
      query(mean('run', 'mlip_phase_seconds', '{phase="save",role="worker",run=~"$run"}'), '{{run}} training waits'),
    ]),
    graph('Failures', 'short', 'Checkpoints that could not be written', [
      query(increase(`mlip_checkpoint_failures_total${COORDINATOR}`), '{{run}}'),
    ]),
  ],
};

const network: Row = {
  title: 'Network',
  panels: [
    graph(
      'Sent by workers',
      'Bps',
      'Rows to the coordinator, gradients to the neighbour, the state to those that join',
      [query(`sum by (way) (${rate(`mlip_sent_bytes_total${WORKERS}`)})`, '{{way}}')],
    ),
    graph('Received by workers', 'Bps', 'The same, from the other side', [
      query(`sum by (way) (${rate(`mlip_received_bytes_total${WORKERS}`)})`, '{{way}}'),
    ]),
    graph('Through the coordinator', 'Bps', 'The gather: rows of each rank in, the whole to each rank out', [
      query(`sum by (run) (${rate(`mlip_sent_bytes_total${COORDINATOR}`)})`, '{{run}} sent'),
      query(`sum by (run) (${rate(`mlip_received_bytes_total${COORDINATOR}`)})`, '{{run}} received'),
    ]),
    graph('By peer', 'Bps', 'The ten ranks to which most is sent', [
      query(`topk(10, sum by (peer) (${rate(`mlip_sent_bytes_total${WORKERS}`)}))`, 'to {{peer}}'),
    ]),
    graph('Refused', 'short', 'Connections, calls and messages that were turned away', [
      query(`sum by (reason) (${increase('mlip_refused_total{run=~"$run"}')})`, '{{reason}}'),
    ]),
  ],
};

const coordinators: Row = {
  title: 'Coordinators',
  panels: [
    graph(
      'Leaders',
      'short',
      'Of each run of the store: 1 leads it, or something is wrong',
      [
        query('sum by (lease) (mlip_leader)', '{{lease}} lead'),
        query('count by (lease) (mlip_leader)', '{{lease}} in all'),
      ],
      { needs: 'store' },
    ),
    graph(
      'Lease',
      'short',
      'The token grows whenever another one leads',
      [
        query('max by (lease) (mlip_lease_token)', '{{lease}} token'),
        query('sum by (lease) (mlip_lease_losses_total)', '{{lease}} lost'),
      ],
      { needs: 'store' },
    ),
    graph(
      'Submitted runs',
      'short',
      'Not done yet, those under way included',
      [query('max(mlip_queue_depth)', 'runs')],
      {
        needs: 'queue',
      },
    ),
  ],
};

const processes: Row = {
  title: 'Processes',
  panels: [
    graph('Memory', 'bytes', 'Resident', [query('process_resident_memory_bytes{run=~"$run"}', '{{role}} {{worker}}')]),
    graph('CPU', 'short', 'Cores in use', [
      query(rate('process_cpu_seconds_total{run=~"$run"}'), '{{role}} {{worker}}'),
    ]),
    graph('Event-loop lag', 's', 'Above a tenth of a second the coordinator has too much to do', [
      query('nodejs_eventloop_lag_p99_seconds{run=~"$run"}', '{{role}} {{worker}}'),
    ]),
    graph('Garbage collection', 'percentunit', 'Share of the time', [
      query(`sum by (role, worker) (${rate('nodejs_gc_duration_seconds_sum{run=~"$run"}')})`, '{{role}} {{worker}}'),
    ]),
    graph(
      'GPU memory',
      'percentunit',
      'Share in use; TensorFlow takes most of it at once',
      [
        query(
          `mlip_gpu_memory_used_bytes${WORKERS} / mlip_gpu_memory_bytes${WORKERS}`,
          'worker {{worker}} GPU {{gpu}}',
        ),
      ],
      { needs: 'gpu' },
    ),
  ],
};

export const ROWS: Row[] = [run, training, speed, workers, checkpoints, network, coordinators, processes];
