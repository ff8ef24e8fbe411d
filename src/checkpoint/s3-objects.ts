/** Objects in S3, or in any store that speaks its protocol. Large: loaded by destination.ts where it is used. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { MlipError } from '../core/errors.js';
import type { ObjectStore } from './object-store.js';
import { connect, failed } from './s3-client.js';

/** Of an upload that has several. S3 takes 10,000 at most: objects up to 80 GiB. */
const PART_BYTES = 8 << 20;
/** Parts on their way at a time: as many are held in memory. */
const PARTS_AT_A_TIME = 2;
/** The names that checkpoints have under a prefix; whatever else is there belongs to somebody else. */
const OF_CHECKPOINT = /^step-\d+\/[\w.-]+$/;
/** An upload that was begun so long ago is not one that goes on. */
const FORSAKEN_MS = 24 * 3_600_000;

export interface S3Place {
  bucket: string;
  /** Ends with a slash where it is not empty. */
  prefix: string;
}

export class S3Objects implements ObjectStore {
  private readonly client: S3Client;
  private readonly place: S3Place;
  private swept: Promise<void> | undefined;

  /**
   * Credentials come from where AWS’s tools look for them: AWS_* variables, ~/.aws, the role of the machine or pod.
   *
   * @param endpoint of another store than Amazon’s
   */
  constructor(place: S3Place, endpoint: string | undefined) {
    this.place = place;
    this.client = connect(endpoint);
  }

  async put(name: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ bytes: number; sha256: string }> {
    await (this.swept ??= this.sweep());
    const hash = createHash('sha256');
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of source instanceof Uint8Array ? [source] : source) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    }
    const upload = new Upload({
      client: this.client,
      params: { ...this.object(name), Body: Readable.from(counted(), { objectMode: false }) },
      ...{ partSize: PART_BYTES, queueSize: PARTS_AT_A_TIME },
    });
    await this.asking(name, () => upload.done());
    return { bytes, sha256: hash.digest('hex') };
  }

  async *get(name: string): AsyncGenerator<Uint8Array> {
    const { Body: body } = await this.asking(name, () => this.client.send(new GetObjectCommand(this.object(name))));
    const stream = body as Readable;
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      for (;;) {
        const next = await this.asking(name, () => pieces.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Who stops half-way would keep the connection, and only so many are opened.
      stream.destroy();
    }
  }

  async list(): Promise<{ name: string; bytes: number }[]> {
    const { bucket: Bucket, prefix: Prefix } = this.place;
    const found: { name: string; bytes: number }[] = [];
    await this.asking('', async () => {
      for await (const { Contents } of paginateListObjectsV2({ client: this.client }, { Bucket, Prefix })) {
        for (const { Key = '', Size = 0 } of Contents ?? [])
          found.push({ name: Key.slice(Prefix.length), bytes: Size });
      }
    });
    return found;
  }

  async remove(name: string): Promise<void> {
    await this.asking(name, () => this.client.send(new DeleteObjectCommand(this.object(name))));
  }

  /** Parts of uploads that a crash has cut short: nobody sees them, somebody pays for them. */
  private async sweep(): Promise<void> {
    const { bucket: Bucket, prefix } = this.place;
    const answer = await this.client
      .send(new ListMultipartUploadsCommand({ Bucket, Prefix: `${prefix}step-` }))
      // Not every store has it, and not everybody may ask.
      .catch(() => undefined);
    for (const { Key = '', UploadId, Initiated } of answer?.Uploads ?? []) {
      if (!OF_CHECKPOINT.test(Key.slice(prefix.length)) || !isForsaken(Initiated)) continue;
      const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
      await this.client.send(abort).catch(() => undefined);
    }
  }

  private object(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${name}` };
  }

  private async asking<T>(name: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof MlipError ? error : failed(error, `s3://${this.place.bucket}/${this.place.prefix}${name}`);
    }
  }
}

/** Where a store does not say when, it may be one that goes on. */
function isForsaken(begun: Date | undefined): boolean {
  return begun !== undefined && Date.now() - begun.getTime() > FORSAKEN_MS;
}
