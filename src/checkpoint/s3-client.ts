/** How S3 is asked, and what its errors become. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { MlipError } from '../core/errors.js';
import { missing } from './read-state.js';

const CONNECT_MS = 5_000;
/** Of one request: a part, at 140 kB/s at least. */
const REQUEST_MS = 60_000;
const ATTEMPTS = 4;

/** @param endpoint of another store than Amazon’s */
export function connect(endpoint: string | undefined): S3Client {
  // mlip pins the version that it uses, so what later ones will need is no news for its users.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return new S3Client(settings(endpoint));
}

function settings(endpoint: string | undefined): S3ClientConfig {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  return {
    region: AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1',
    followRegionRedirects: true,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // We have our own hashes, and other stores than Amazon's often refuse such trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: ATTEMPTS,
    requestHandler: {
      ...{ connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, socketTimeout: REQUEST_MS },
      throwOnRequestTimeout: true,
    },
  };
}

/** Name and message of AWS's errors hold no credentials; the rest of them, which might, is left out. */
export function failed(error: unknown, where: string): MlipError {
  const { name, message, code } = error as { name: string; message: string; code?: string };
  if (name === 'NoSuchKey') return missing(where);
  const what = [name === 'Error' ? code : name, message].filter(Boolean).join(': ');
  return new MlipError('MLIP_E_CHECKPOINT_STORE', `the store of checkpoints failed: ${what}`, {
    where,
    remedy: 'Check that the bucket exists, AWS_* credentials and, for another store than Amazon’s, MLIP_S3_ENDPOINT.',
  });
}
