// An ablation whose checkpoints go to S3 as well: a prefix for each run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { destinationOf } from '../../src/cli/ablate/destination.js';
import { testConfig } from '../coordinator/config.js';
import { BUCKET, provideS3Server, startS3Server, type S3Server } from '../support/s3-server.js';
import { mlip } from './run-cli.js';
import { smallRun, type SmallRun } from './small-run.js';

const s3 = await provideS3Server();

const withDestination = (destination: string): ReturnType<typeof testConfig> => {
  const config = testConfig();
  return { ...config, checkpoint: { ...config.checkpoint, destination } };
};

describe('the destination of a run of an ablation', () => {
  it.each(['s3://bucket/prefix', 's3://bucket/prefix/'])('is below %s', (destination) => {
    const { checkpoint, set } = destinationOf(withDestination(destination), 'without-itm-seed-2');
    expect(checkpoint.destination).toBe('s3://bucket/prefix/without-itm-seed-2');
    expect(set).toEqual(['checkpoint.destination=s3://bucket/prefix/without-itm-seed-2']);
  });

  it('is none where there is none', () => {
    const config = withDestination('');
    expect(destinationOf(config, 'full-seed-1')).toEqual({ checkpoint: config.checkpoint, set: [] });
  });
});

describe('an ablation', () => {
  let small: SmallRun;
  beforeAll(async () => {
    small = await smallRun(64);
  });
  afterAll(() => small.remove());

  const ablate = (destination: string): string[] => [
    ...['ablate', small.config, '--set', 'loss.divergence.enabled=true', '--seeds', '1', '--steps', '2'],
    ...['--data', small.manifest, '--out', small.path('ablation'), '--set', `checkpoint.destination=${destination}`],
  ];

  it('is refused at once where the destination is malformed', async () => {
    const { status, stderr } = await mlip(ablate('ftp://somewhere'));
    expect(stderr).toContain('error MLIP_E_CHECKPOINT_DESTINATION');
    expect([status, stderr.includes('[1/2]')]).toEqual([2, false]);
  });

  describe.skipIf('missing' in s3)('with an S3 server', () => {
    let server: S3Server;
    beforeAll(async () => {
      server = await startS3Server('path' in s3 ? s3.path : '');
    });
    afterAll(() => server?.stop());

    it('leaves the checkpoints of each run in a place of its own', async () => {
      const { status, stderr } = await mlip(ablate(`s3://${BUCKET}/ablation`), { env: server.env });
      expect(status, stderr).toBe(0);
      for (const run of ['full-seed-1', 'without-divergence-seed-1']) {
        expect(readdirSync(join(server.objects, 'ablation', run))).toEqual(['step-2']);
      }
    });
  });
});
