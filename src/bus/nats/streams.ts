/** Makes the streams of a store where they are missing, and takes those that are there as they are. */
import { DiscardPolicy, StorageType, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import { API, isApi } from './failures.js';
import type { Link } from './link.js';

type Wanted = Pick<StreamConfig, 'name' | 'subjects' | 'retention'> &
  Partial<Pick<StreamConfig, 'max_msgs_per_subject'>>;

export async function ensureStream(link: Link, wanted: Wanted): Promise<StreamInfo> {
  return link.persist(async () => {
    try {
      return await link.manager.streams.info(wanted.name);
    } catch (error) {
      if (!isApi(error, API.streamNotFound)) throw error;
    }
    return create(link, wanted);
  });
}

async function create(link: Link, wanted: Wanted): Promise<StreamInfo> {
  const config = {
    ...wanted,
    storage: StorageType.File,
    // A full stream refuses what is new; it never drops what is old, except of a subject with too many messages.
    discard: DiscardPolicy.New,
    num_replicas: link.terms.replicas,
  };
  try {
    return await link.manager.streams.add(config);
  } catch (error) {
    // Somebody else was faster, with other settings.
    if (isApi(error, API.streamExists)) return link.manager.streams.info(wanted.name);
    throw error;
  }
}
