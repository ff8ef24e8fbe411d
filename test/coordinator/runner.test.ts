// The state machine is fed, and its effects are carried out, only while this coordinator commands.
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/coordinator/runner.js';
import { initialState } from '../../src/coordinator/initial-state.js';
import { settings } from './simulation.js';
import { mlipVersion, PROTOCOL } from '../../src/rpc/protocol.js';

const info = { protocol: PROTOCOL, version: mlipVersion, host: 'h', port: 1, pid: 1, device: 'cpu' };

describe('a coordinator whose lease passes on while its record is being written', () => {
  it('carries out nothing of what was to follow', async () => {
    const carriedOut: string[] = [];
    let holds = true;
    let written!: () => void;
    const runner = createRunner({
      initial: initialState({ ...settings, workers: 1 }, 0),
      carryOut: ({ kind }) => {
        carriedOut.push(kind);
        return kind === 'persist' ? new Promise<void>((resolve) => (written = resolve)) : undefined;
      },
      onFault: (error) => expect.unreachable(String(error)),
      mayCommand: () => holds,
    });
    runner.dispatch({ kind: 'join', connection: 1, info, rejoin: null });
    runner.dispatch({ kind: 'loaded', worker: 0, rows: 1_000, dataHash: 'd' });
    expect(carriedOut.at(-1)).toBe('persist');
    const { length } = carriedOut;
    holds = false;
    written();
    await Promise.resolve();
    runner.dispatch({ kind: 'tick' });
    expect(carriedOut).toHaveLength(length);
  });
});
