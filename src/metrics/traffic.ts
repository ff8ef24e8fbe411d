/** Bulk bytes that a process sends and receives, by what they are and from or to whom. */
import type { Instruments } from './instruments.js';
import { FewValues } from './labels.js';

/** Rows to the coordinator and back, gradients to the neighbour, the state of training to a peer. */
export type Way = 'gather' | 'ring' | 'state';

/** The coordinator, or a worker by its rank. */
export type TrafficPeer = 'coordinator' | number;

export interface Traffic {
  sent(way: Way, peer: TrafficPeer, bytes: number): void;
  received(way: Way, peer: TrafficPeer, bytes: number): void;
}

export function trafficCounters({ counter }: Instruments): Traffic {
  const peers = new FewValues();
  const nameOf = (peer: TrafficPeer): string => (peers.admits(String(peer)) ? String(peer) : 'other');
  const sent = counter('mlip_sent_bytes_total', 'Bulk bytes sent', 'way', 'peer');
  const received = counter('mlip_received_bytes_total', 'Bulk bytes received', 'way', 'peer');
  return {
    sent: (way, peer, bytes) => sent.inc({ way, peer: nameOf(peer) }, bytes),
    received: (way, peer, bytes) => received.inc({ way, peer: nameOf(peer) }, bytes),
  };
}
