/** Chunks of objects whose writer died, or that were replaced while the server was away: nothing refers to them. */
import type { Link } from './link.js';
import { chunkSubject, streamOf } from './object-chunks.js';
import { listDescribed } from './object-list.js';

/** Removes those whose last chunk is older than this: younger ones may be being written. */
export async function removeAbandonedChunks(link: Link, name: string, olderThanMs: number): Promise<void> {
  const stream = streamOf(name);
  for (const subject of await unreferencedSubjects(link, name)) {
    const last = await link.persist(() => link.manager.streams.getMessage(stream, { last_by_subj: subject }));
    if (last === null || Date.now() - last.time.getTime() < olderThanMs) continue;
    await link.persist(() => link.manager.streams.purge(stream, { filter: subject }));
  }
}

/** Chunks are listed first: an object that is finished meanwhile refers to its own. */
async function unreferencedSubjects(link: Link, name: string): Promise<string[]> {
  const filter = { subjects_filter: chunkSubject(name, { nuid: '*' }) };
  const { state } = await link.persist(() => link.manager.streams.info(streamOf(name), filter));
  const subjects = Object.keys(state.subjects ?? {});
  if (subjects.length === 0) return [];
  const objects = await listDescribed(link, name);
  const referenced = new Set(objects.map((object) => chunkSubject(name, object)));
  return subjects.filter((subject) => !referenced.has(subject));
}
