/** `mlip doctor`: what this machine lacks, each with a remedy. */
import { Command, Option } from 'commander';
import { EXIT } from '../../core/errors.js';
import type { Check } from '../doctor/check.js';
import { ENGINE_ONLY, engineChecks } from '../doctor/engine-checks.js';
import { addExamples } from '../options.js';
import { answer, answerJson, colours } from '../terminal.js';

interface DoctorOptions {
  engineOnly?: boolean;
  json?: boolean;
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check Node, TensorFlow, devices, ports, disk and clock; ends with status 4 if something is wrong')
    .addOption(new Option(ENGINE_ONLY).hideHelp())
    .option('--json', 'print {ok, checks: [{name, ok, detail, remedy}]} as one JSON object')
    .action(doctor);
  return addExamples(command, 'mlip doctor', 'mlip doctor --json');
}

async function doctor({ engineOnly, json }: DoctorOptions): Promise<void> {
  const checks = engineOnly ? await checkEngineHere() : await checkAll();
  const ok = checks.every((check) => check.ok);
  if (json) answerJson({ ok, checks });
  else answer(checks.map(describe).join('\n'));
  if (!ok) process.exitCode = EXIT.environment;
}

async function checkAll(): Promise<Check[]> {
  const { machineChecks } = await import('../doctor/machine-checks.js');
  return [...(await machineChecks()), ...(await engineChecks())];
}

async function checkEngineHere(): Promise<Check[]> {
  const { checkEngine } = await import('../../engine/self-check.js');
  return checkEngine();
}

function describe({ name, ok, detail, remedy }: Check): string {
  const line = `${ok ? colours.green('ok  ') : colours.red('FAIL')}  ${name.padEnd(14)}${detail}`;
  return ok ? line : `${line}\n      ${''.padEnd(14)}${remedy}`;
}
