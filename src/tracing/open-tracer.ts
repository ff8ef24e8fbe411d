/** Whether steps are traced, which the environment says. */
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { StepTracer } from './step-tracer.js';

/**
 * Off unless the environment asks for it as OpenTelemetry's specification says; the SDK is loaded only then. What is wrong with
 * tracing is a warning: no run fails of it.
 */
export async function openTracer(role: 'coordinator' | 'worker', log: Logger): Promise<StepTracer | null> {
  const { env } = process;
  if (!isWanted(env, log)) return null;
  try {
    const { OtlpTracer } = await import('./otlp-tracer.js');
    return new OtlpTracer(role, log);
  } catch (error) {
    log.warn(`steps are not traced: ${messageOf(error)}`);
    return null;
  }
}

function isWanted(env: NodeJS.ProcessEnv, log: Logger): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporter = env['OTEL_TRACES_EXPORTER'];
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (exporter === undefined || exporter === '') return endpoint !== undefined && endpoint !== '';
  const asked = exporter.split(',').map((name) => name.trim());
  if (asked.includes('otlp')) return true;
  if (!asked.includes('none'))
    log.warn(`OTEL_TRACES_EXPORTER=${exporter} is not known, only otlp and none: steps are not traced`);
  return false;
}
