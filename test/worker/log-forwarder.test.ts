// What a worker logs goes to its coordinator without holding anything up.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createLogger } from '../../src/core/log.js';
import { checkFields } from '../../src/rpc/incoming-fields.js';
import { methods } from '../../src/rpc/service.js';
import { LogForwarder } from '../../src/worker/log-forwarder.js';
import type { Remark } from '../../src/worker/session.js';

function forwarding() {
  const forwarder = new LogForwarder();
  const log = createLogger({ name: 'worker', write: () => undefined }).also(forwarder.take);
  const sent: Remark[] = [];
  let [reachable, closing] = [true, (): void => undefined];
  const session = {
    remark: (remark: Remark) => (reachable && sent.push(remark), reachable),
    onClosing: (callback: () => void) => void (closing = callback),
  };
  const messages = (): string[] => sent.flatMap(({ logs }) => logs!.lines!.map((line) => line.message!));
  const dropped = (): number => sent.reduce((sum, { logs }) => sum + logs!.dropped!, 0);
  const cut = (is: boolean): void => void (reachable = !is);
  return { forwarder, log, sent, session, messages, dropped, cut, close: () => closing() };
}

it('what was logged before there is a coordinator, or while there is none, is sent when there is one', async () => {
  const { forwarder, log, session, messages, cut } = forwarding();
  log.info('before');
  forwarder.connect(session);
  expect(messages()).toEqual(['before']);
  cut(true);
  log.warn('meanwhile');
  await sleep(400);
  cut(false);
  await sleep(400);
  expect(messages()).toEqual(['before', 'meanwhile']);
});

it('errors go at once, and the rest when the session closes', () => {
  const { forwarder, log, session, messages, close } = forwarding();
  forwarder.connect(session);
  log.info('later');
  expect(messages()).toEqual([]);
  log.error('now');
  expect(messages()).toEqual(['later', 'now']);
  log.info('last');
  close();
  expect(messages()).toEqual(['later', 'now', 'last']);
});

it('a flood is cut to so many lines, and the rest is counted', () => {
  const { forwarder, log, session, messages, dropped, close } = forwarding();
  forwarder.connect(session);
  for (let index = 0; index < 5_000; index++) log.info(`line ${index}`);
  close();
  expect(messages().length).toBeLessThan(300);
  expect(messages().length + dropped()).toBe(5_000);
});

it('whatever is logged, the coordinator takes the message', () => {
  const { forwarder, log, sent, session } = forwarding();
  forwarder.connect(session);
  const odd = `\u001b[31m\r\ud800 ${'😀'.repeat(3_000)}\u0085`;
  log.error(odd, { odd, many: 'y'.repeat(10_000), ['\u009b']: 1, fine: true, none: undefined });
  log.with({ rank: 2, step: 3, generation: 1 }).error('placed');
  for (const remark of sent) {
    const bytes = methods.session.requestSerialize(remark);
    const seen = methods.session.requestDeserialize(bytes);
    expect(() => checkFields(seen)).not.toThrow();
  }
  expect(sent.at(-1)?.logs?.lines?.[0]).toMatchObject({ rank: 2, step: 3, generation: 1 });
});
