/** Answers the coordinator when somebody wants to know what this worker is doing. */
import { messageOf } from '../core/errors.js';
import { processFacts } from '../core/process-report.js';
import { printable } from '../core/printable.js';
import type { Session } from './session.js';
import type { StepTimeline } from './step-timeline.js';
import type { Whereabouts } from './whereabouts.js';

/** A message has no more. */
const MOST_CHARACTERS = 120_000;

export function answerInspections(session: Session, whereabouts: Whereabouts, timeline: StepTimeline): void {
  session.onAsked(({ inspect }) => {
    if (inspect === null) return;
    session.remark({ inspected: { request: inspect.request, report: reportOf(whereabouts, timeline) } });
  });
}

function reportOf(whereabouts: Whereabouts, timeline: StepTimeline): string {
  const doing = { ...whereabouts.fields(), stage: whereabouts.stage, underWay: underWay(timeline) };
  const whole = printable(JSON.stringify({ ...doing, ...facts() }));
  return whole.length <= MOST_CHARACTERS ? whole : printable(JSON.stringify(doing));
}

/** What cannot be told must not end the worker. */
function facts(): object {
  try {
    return processFacts();
  } catch (error) {
    return { unknown: messageOf(error) };
  }
}

function underWay({ current }: StepTimeline): { what: string; forSeconds: number }[] {
  const nowMs = performance.now();
  return [...current].map(({ name, startMs }) => ({ what: name, forSeconds: (nowMs - startMs) / 1_000 }));
}
