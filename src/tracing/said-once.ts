/** A collector that cannot be reached is said once, and again only after it could be. */
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { redactor } from '../security/redact.js';

type Done = Parameters<SpanExporter['export']>[1];

/** ExportResultCode.SUCCESS of a package that is not ours to import. */
const SUCCESS = 0;

export class SaidOnce implements SpanExporter {
  private readonly exporter: SpanExporter;
  private readonly log: Logger;
  private said = false;

  constructor(exporter: SpanExporter, log: Logger) {
    this.exporter = exporter;
    this.log = log;
  }

  export(spans: ReadableSpan[], done: Done): void {
    this.exporter.export(spans, (result) => {
      const failed = result.error !== undefined || Number(result.code) !== SUCCESS;
      if (failed && !this.said) this.say(result.error);
      this.said = failed;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  private say(error: Error | undefined): void {
    const why = error === undefined ? 'it does not say why' : messageOf(error) || error.name;
    this.log.warn(`spans of steps reach no collector, and are lost: ${redactor([])(why)}`, { endpoint: endpoint() });
  }
}

function endpoint(): string | undefined {
  const { env } = process;
  const text = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return text === undefined ? undefined : redactor([])(text);
}
