/**
 * The objects of a bucket on NATS, one by one. The library's own listing waits for as many as there were when it began, so it does
 * not end where one is removed meanwhile.
 */
import type { ObjectInfo as NatsObject } from '@nats-io/obj';
import { API, isApi } from './failures.js';
import type { Link } from './link.js';
import { anyMetaSubject, streamOf } from './object-chunks.js';

/** What its writer has said of an object. */
export type Described = Pick<NatsObject, 'name' | 'nuid' | 'size' | 'digest' | 'deleted'>;

export async function listDescribed(link: Link, bucket: string): Promise<Described[]> {
  const filter = { subjects_filter: anyMetaSubject(bucket) };
  const { state } = await link.persist(() => link.manager.streams.info(streamOf(bucket), filter));
  const found: Described[] = [];
  for (const subject of Object.keys(state.subjects ?? {})) {
    const described = await readDescribed(link, bucket, subject);
    if (described !== null && !described.deleted) found.push(described);
  }
  return found;
}

/** Null where it has been removed meanwhile. */
async function readDescribed(link: Link, bucket: string, subject: string): Promise<Described | null> {
  return link.persist(async () => {
    try {
      const message = await link.manager.streams.getMessage(streamOf(bucket), { last_by_subj: subject });
      return message && message.json<Described>();
    } catch (error) {
      if (isApi(error, API.messageNotFound)) return null;
      throw error;
    }
  });
}
