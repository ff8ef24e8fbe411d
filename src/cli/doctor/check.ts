/** What `mlip doctor` finds of one thing. */
import type { EngineCheck } from '../../engine/self-check.js';

export type Check = EngineCheck;

export function passed(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: '' };
}

export function failed(name: string, detail: string, remedy: string): Check {
  return { name, ok: false, detail, remedy };
}
