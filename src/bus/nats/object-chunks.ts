/**
 * The chunks of an object on NATS, read one by one: nothing waits for a chunk that is not there, and no more than one is in
 * memory. The library's own reading does both.
 */
import { Base64UrlPaddedCodec, type ObjectInfo as NatsObject } from '@nats-io/obj';
import { createHash } from 'node:crypto';
import { corruptObject } from '../object-errors.js';
import type { ObjectInfo } from '../store.js';
import type { Link } from './link.js';

const DIGEST = 'SHA-256=';

export const streamOf = (bucket: string): string => `OBJ_${bucket}`;
export const chunkSubject = (bucket: string, { nuid }: Pick<NatsObject, 'nuid'>): string => `$O.${bucket}.C.${nuid}`;
/** Of what describes an object: without it there is none. */
export const metaSubject = (bucket: string, name: string): string =>
  `$O.${bucket}.M.${Base64UrlPaddedCodec.encode(name)}`;
export const anyMetaSubject = (bucket: string): string => `$O.${bucket}.M.*`;

export function infoOf({ name, size, digest }: Pick<NatsObject, 'name' | 'size' | 'digest'>): ObjectInfo {
  return { name, bytes: size, sha256: Buffer.from(digest.slice(DIGEST.length), 'base64url').toString('hex') };
}

export async function* readChunks(link: Link, bucket: string, info: NatsObject): AsyncGenerator<Uint8Array> {
  const { name, bytes, sha256 } = infoOf(info);
  const hash = createHash('sha256');
  let read = 0;
  let from = 1;
  for (let chunk = 0; chunk < info.chunks; chunk++) {
    const message = await nextChunk(link, streamOf(bucket), chunkSubject(bucket, info), from);
    if (message === null) throw corruptObject(name, link.terms.where);
    hash.update(message.data);
    read += message.data.length;
    from = message.seq + 1;
    yield message.data;
  }
  if (read !== bytes || hash.digest('hex') !== sha256) throw corruptObject(name, link.terms.where);
}

interface Chunk {
  readonly seq: number;
  readonly data: Uint8Array;
}

/** Any server of a cluster may answer where the stream permits, but only the leader knows that there is none. */
async function nextChunk(link: Link, stream: string, subject: string, from: number): Promise<Chunk | null> {
  const query = { seq: from, next_by_subj: subject };
  const { direct, streams } = link.manager;
  return link.persist(async () => {
    const near = await direct.getMessage(stream, query).catch(() => null);
    return near ?? streams.getMessage(stream, query);
  });
}
