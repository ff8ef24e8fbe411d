/** The command line as a whole: what commands there are, and what all of them share. */
import { Command } from 'commander';
import { mlipVersion } from '../rpc/protocol.js';
import { ablateCommand } from './commands/ablate.js';
import { auditCommand } from './commands/audit.js';
import { cancelCommand } from './commands/cancel.js';
import { certsCommand } from './commands/certs.js';
import { completionCommand } from './commands/completion.js';
import { configCommand } from './commands/config.js';
import { dashboardCommand } from './commands/dashboard.js';
import { coordinatorCommand } from './commands/coordinator.js';
import { dataCommand } from './commands/data.js';
import { demoCommand } from './commands/demo.js';
import { diagnoseCommand } from './commands/diagnose.js';
import { doctorCommand } from './commands/doctor.js';
import { engineCommand } from './commands/engine.js';
import { evalCommand } from './commands/eval.js';
import { knowledgeCommand } from './commands/knowledge.js';
import { traceCommand } from './commands/trace.js';
import { topCommand } from './commands/top.js';
import { trainCommand } from './commands/train.js';
import { weightsCommand } from './commands/weights.js';
import { workerCommand } from './commands/worker.js';
import { logsCommand } from './commands/logs.js';
import { drainCommand } from './commands/drain.js';
import { eventsCommand } from './commands/events.js';
import { fetchCommand } from './commands/fetch.js';
import { pauseCommand, resumeCommand } from './commands/pause.js';
import { scaleCommand } from './commands/scale.js';
import { statusCommand } from './commands/status.js';
import { stopCommand } from './commands/stop.js';
import { submitCommand } from './commands/submit.js';
import { exitStatuses } from './exit-status.js';
import { addExamples } from './options.js';

const EPILOGUE = `
Exit status:
${exitStatuses()
  .map(([status, meaning]) => `  ${String(status).padEnd(4)} ${meaning}`)
  .join('\n')}

Answers go to stdout, everything else to stderr. With --json stdout holds one JSON object, or nothing where the command
fails. Environment: MLIP_* sets any configuration key (docs/configuration.md); MLIP_LOG=json writes log lines as JSON;
NO_COLOR turns colours off. docs/errors.md explains each error.`;

export function createProgram(): Command {
  const program = new Command('mlip')
    .description('Pre-trains image encoders on image-report pairs, on one machine or many.')
    .version(mlipVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--debug', 'print stack traces of errors')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EPILOGUE);
  addExamples(
    program,
    'mlip demo                                            try everything on synthetic data',
    'mlip train mlip-nano --data pairs.jsonl --workers 2       pre-train on your own pairs',
    'mlip eval retrieval --checkpoint C --data M          score a checkpoint',
  );
  for (const command of commands()) program.addCommand(command);
  configureAll(program);
  return program;
}

function commands(): Command[] {
  return [
    demoCommand(),
    trainCommand(),
    evalCommand(),
    ablateCommand(),
    configCommand(),
    dataCommand(),
    weightsCommand(),
    knowledgeCommand(),
    coordinatorCommand(),
    workerCommand(),
    submitCommand(),
    cancelCommand(),
    eventsCommand(),
    statusCommand(),
    logsCommand(),
    dashboardCommand(),
    traceCommand(),
    topCommand(),
    pauseCommand(),
    resumeCommand(),
    drainCommand(),
    scaleCommand(),
    stopCommand(),
    diagnoseCommand(),
    fetchCommand(),
    auditCommand(),
    certsCommand(),
    engineCommand(),
    doctorCommand(),
    completionCommand(),
  ];
}

/** Commander copies settings to commands only where it makes them itself. */
function configureAll(command: Command): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => undefined });
  command.commands.forEach(configureAll);
}
