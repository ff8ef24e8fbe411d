/** Publishing that may be tried again: the server knows a message by its id, and stores it once. */
import { headers, nuid } from '@nats-io/transport-node';
import type { Link } from './link.js';

export interface Publication {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** The last message of the subject must be this one; 0: there must be none. */
  readonly lastSequence?: number;
  readonly header?: readonly [name: string, value: string];
  readonly id?: string;
  readonly onTry?: () => void;
}

/** The header with the id of a message, which is stored with it. */
export const MESSAGE_ID = 'Nats-Msg-Id';

/** Resolves to the sequence of the stored message. */
export async function publish(link: Link, publication: Publication): Promise<number> {
  const { subject, payload, lastSequence, header, id = nuid.next(), onTry } = publication;
  const ack = await link.persist(() => {
    onTry?.();
    const sent = headers();
    if (header !== undefined) sent.set(...header);
    const expect = lastSequence === undefined ? {} : { lastSubjectSequence: lastSequence };
    return link.jetstream.publish(subject, payload, { msgID: id, headers: sent, expect });
  });
  return ack.seq;
}
