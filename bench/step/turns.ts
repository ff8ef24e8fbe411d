/** Measures both sides of a case in turn, a process each, and sums up what they report. */
import type { z } from 'zod';
import { lessIsBetter, median, type BenchmarkOptions, type Measurements } from '../benchmark.js';
import { runChild } from '../child.js';
import type { SideReport } from './side.js';

export const WARM_UP_STEPS = 2;

/** How a side is started; the numbers of threads and steps are added. */
export interface SideCommand {
  command: string;
  args: readonly string[];
}

export interface Turns<Report extends SideReport> {
  /** For progress lines. */
  name: string;
  schema: z.ZodType<Report>;
  ours: SideCommand;
  theirs: SideCommand;
}

export interface Sides<Report extends SideReport> {
  ours: Report[];
  theirs: Report[];
}

export async function measureInTurn<Report extends SideReport>(
  { name, schema, ...commands }: Turns<Report>,
  { threads, rounds, steps, progress }: BenchmarkOptions,
): Promise<Sides<Report>> {
  const sizes = ['--threads', String(threads), '--warmup', String(WARM_UP_STEPS), '--steps', String(steps)];
  const measure = async (side: keyof typeof commands): Promise<Report> => {
    const { command, args } = commands[side];
    const report = schema.parse(await runChild(command, [...args, ...sizes], threads));
    progress(`${name} ${side}: ${median(report.milliseconds).toFixed(0)} ms, ${report.peakMb.toFixed(0)} MiB`);
    return report;
  };
  const sides: Sides<Report> = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    sides.ours.push(await measure('ours'));
    sides.theirs.push(await measure('theirs'));
  }
  return sides;
}

/** Time and peak memory of a step. */
export function summarise(
  name: string,
  goal: number,
  { ours, theirs }: Sides<SideReport>,
  notes: readonly string[],
): Measurements {
  const time = (reports: SideReport[]): number => median(reports.flatMap(({ milliseconds }) => milliseconds));
  const peak = (reports: SideReport[]): number => median(reports.map(({ peakMb }) => peakMb));
  const figures = (of: (reports: SideReport[]) => number) => ({ ours: of(ours), theirs: of(theirs), goal });
  return {
    versions: { ...ours[0].versions, ...theirs[0].versions },
    results: [
      lessIsBetter({ case: `${name} time of a step`, unit: 'ms', ...figures(time) }),
      lessIsBetter({ case: `${name} peak memory`, unit: 'MiB', ...figures(peak) }),
    ],
    notes: [...notes, `${name}: ${memoryOf('ours', ours)}; ${memoryOf('theirs', theirs)}.`],
  };
}

/** The first process of ours may compile what later ones find in the cache, so each peak is shown. */
function memoryOf(side: string, reports: readonly SideReport[]): string {
  const peaks = reports.map(({ peakMb }) => peakMb.toFixed(0)).join(', ');
  const loaded = median(reports.map(({ loadedMb }) => loadedMb));
  return `${side} peaked at ${peaks} MiB, of which ${loaded.toFixed(0)} before the first step`;
}
