/** checkpoint.destination: where checkpoints go besides the output directory. */
import { MlipError } from '../core/errors.js';
import { ObjectCheckpointStore } from './object-store.js';
import type { S3Place } from './s3-objects.js';
import type { CheckpointStore } from './store.js';

/** Variable with the address of a store that speaks S3's protocol. */
export const ENDPOINT_VARIABLE = 'MLIP_S3_ENDPOINT';

const S3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w.=-]+)*)\/?$/;

/**
 * Undefined for none.
 *
 * @throws MLIP_E_CHECKPOINT_DESTINATION, which does not repeat the text: there may be a password in it
 */
export function parseDestination(text: string): S3Place | undefined {
  if (text === '') return undefined;
  const match = S3.exec(text);
  if (match === null) {
    throw new MlipError(
      'MLIP_E_CHECKPOINT_DESTINATION',
      'checkpoint.destination is not of the form s3://BUCKET/PREFIX',
      {
        remedy: `Credentials come from AWS_* variables, and the address of another store than Amazon’s from ${ENDPOINT_VARIABLE}.`,
      },
    );
  }
  const [, bucket, path] = match;
  return { bucket, prefix: path === '' ? '' : `${path.slice(1)}/` };
}

/** Undefined for none. Asks nothing of the destination yet. */
export async function openDestination(text: string): Promise<CheckpointStore | undefined> {
  const place = parseDestination(text);
  if (place === undefined) return undefined;
  const endpoint = process.env[ENDPOINT_VARIABLE];
  requireEndpoint(endpoint);
  const { S3Objects } = await import('./s3-objects.js');
  const where = `s3://${place.bucket}/${place.prefix}`.replace(/\/$/, '');
  return new ObjectCheckpointStore({ objects: new S3Objects(place, endpoint), where });
}

function requireEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined) return;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === '') return;
  throw new MlipError('MLIP_E_CHECKPOINT_DESTINATION', `${ENDPOINT_VARIABLE} is not of the form https://HOST:PORT`, {
    remedy: 'Give the address alone; credentials come from AWS_* variables.',
  });
}

/**
 * For a run that starts from the beginning: its checkpoints must not mix with those of another one.
 *
 * @throws MLIP_E_CHECKPOINT_DESTINATION, and MLIP_E_CHECKPOINT_STORE where the destination does not answer
 */
export async function requireFreshDestination(text: string): Promise<void> {
  const store = await openDestination(text);
  const steps = (await store?.list()) ?? [];
  if (store === undefined || steps.length === 0) return;
  throw new MlipError(
    'MLIP_E_CHECKPOINT_DESTINATION',
    `there are checkpoints of another run, the newest of step ${steps[0]}`,
    {
      where: store.where,
      remedy: 'Choose another prefix for checkpoint.destination, or continue that run with --resume.',
    },
  );
}
