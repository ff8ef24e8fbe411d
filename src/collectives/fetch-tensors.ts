/** The receiving end of a copy: connects to a rank, takes its tensors, and believes none without its hash. */
import { isDeepStrictEqual } from 'node:util';
import { MlipError } from '../core/errors.js';
import { elementCount, type HostTensor, type HostTensors } from '../core/host-tensor.js';
import { linkedSignal } from '../core/linked-signal.js';
import type { TlsFiles } from '../security/tls-files.js';
import { callPeer, nameOf, type Peer } from './call-peer.js';
import { failure } from './failures.js';
import { DIGEST_BYTES, type Frame } from './frame.js';
import type { Inbound } from './inbound.js';
import { bytesOf, listingOf, newHash, PIECE_ELEMENTS, type TensorShape } from './tensor-copy.js';

export interface FetchOptions {
  /** From whom. */
  peer: Peer;
  /** Known to the ranks of this run only. */
  token: string;
  /** Null speaks without TLS. */
  tls: TlsFiles | null;
  generation: number;
  /** Who asks. */
  rank: number;
  /** What is asked for: these tensors, in this order, as they are after `step` steps. */
  step: number;
  layout: readonly TensorShape[];
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Waits for the peer to hold them, if need be. Rejects with MLIP_E_STATE_HASH where a tensor is not what its hash says,
 * MLIP_E_REDUCE_MISMATCH where the peer has something else, and with a PeerFailure where it cannot be reached or is lost.
 */
export async function fetchTensors(options: FetchOptions): Promise<HostTensors> {
  const { peer, token, tls, generation, rank, timeoutMs, signal } = options;
  const limit = linkedSignal(signal, timeoutMs);
  let inbound: Inbound | undefined;
  try {
    inbound = await callPeer(peer, { purpose: 'copy', token, tls, generation, rank, timeoutMs }, limit.signal);
    return await new TensorFetch(options, inbound, limit.signal).done;
  } finally {
    limit.release();
    inbound?.drop();
  }
}

/** What arrives, in the order in which it must: the listing, then the pieces of a tensor and its hash, and so on. */
class TensorFetch {
  readonly done: Promise<HostTensors>;
  private readonly options: FetchOptions;
  private readonly tensors: HostTensors;
  private readonly targets: readonly Float32Array[];
  private readonly listing: Buffer;
  private listed = false;
  /** Position of the tensor that is due, how many numbers of it have arrived, and their hash. */
  private index = 0;
  private arrived = 0;
  private hash = newHash();
  private readonly digest = Buffer.alloc(DIGEST_BYTES);
  private finish!: (tensors: HostTensors) => void;
  private fail!: (error: MlipError) => void;

  constructor(options: FetchOptions, inbound: Inbound, limit: AbortSignal) {
    const { layout, peer, timeoutMs } = options;
    this.options = options;
    this.tensors = new Map(layout.map(zeros));
    this.targets = Array.from(this.tensors.values(), ({ data }) => data);
    this.listing = Buffer.alloc(listingOf(layout).length);
    this.done = new Promise((resolve, reject) => ([this.finish, this.fail] = [resolve, reject]));
    limit.addEventListener('abort', () => this.fail(late(peer, timeoutMs)), { once: true });
    if (limit.aborted) this.fail(late(peer, timeoutMs));
    inbound.handler = {
      onFrame: (frame) => this.announce(frame),
      onPayload: () => this.take(),
      onClosed: (cause) => this.fail(lost(peer, cause)),
    };
    inbound.resume();
  }

  /** Where the next numbers go; empty where the hash of what has arrived is due. */
  private get piece(): Float32Array {
    return this.targets[this.index].subarray(this.arrived, this.arrived + PIECE_ELEMENTS);
  }

  private get due(): Frame {
    const { index, listed, listing, options } = this;
    if (!listed) return { kind: 'listing', step: options.step, bytes: listing.length };
    const { length: count } = this.piece;
    return count > 0 ? { kind: 'tensor', index, count } : { kind: 'digest', index };
  }

  /** Where the payload of the frame goes. */
  private announce(frame: Frame | undefined): Uint8Array | undefined {
    if (this.complete) return undefined;
    const { due } = this;
    if (isDeepStrictEqual(frame, due)) {
      if (due.kind === 'listing') return this.listing;
      return due.kind === 'tensor' ? bytesOf(this.piece) : this.digest;
    }
    this.fail(mismatched(this.options, describe(frame)));
    return undefined;
  }

  private take(): void {
    const { due } = this;
    if (due.kind === 'listing') this.checkListing();
    else if (due.kind === 'tensor') this.addPiece();
    else this.checkDigest();
    if (this.complete) this.finish(this.tensors);
  }

  private get complete(): boolean {
    return this.index === this.targets.length;
  }

  private checkListing(): void {
    const expected = listingOf(this.options.layout);
    this.listed = true;
    if (!this.listing.equals(expected)) this.fail(mismatched(this.options, firstDifference(this.listing, expected)));
  }

  private addPiece(): void {
    const { piece } = this;
    this.hash.update(bytesOf(piece));
    this.arrived += piece.length;
  }

  private checkDigest(): void {
    const { layout, peer } = this.options;
    if (!this.hash.digest().equals(this.digest)) this.fail(damaged(peer, layout[this.index].name));
    this.index += 1;
    this.arrived = 0;
    this.hash = newHash();
  }
}

function zeros({ name, shape }: TensorShape): [string, HostTensor] {
  return [name, { shape: [...shape], data: new Float32Array(elementCount(shape)) }];
}

function describe(frame: Frame | undefined): string {
  if (frame === undefined) return 'bytes that are no frame';
  if (frame.kind === 'listing') return `a listing of ${frame.bytes} bytes after step ${frame.step}`;
  if (frame.kind === 'tensor') return `tensor ${frame.index} of ${frame.count} numbers`;
  return `a frame of kind ${frame.kind}`;
}

function firstDifference(found: Buffer, expected: Buffer): string {
  const [theirs, ours] = [found, expected].map((text) => text.toString().split('\n'));
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  return `"${theirs[at]}" in place of "${ours[at]}"`;
}

function damaged(peer: Peer, name: string): MlipError {
  return new MlipError('MLIP_E_STATE_HASH', `tensor "${name}" is not what ${nameOf(peer)} says that it sent`, {
    where: nameOf(peer),
    remedy: 'Look for faulty memory or network hardware between the two machines.',
  });
}

function mismatched({ peer, step }: FetchOptions, what: string): MlipError {
  const message = `${nameOf(peer)} sent ${what}, which is not the state after step ${step} that was asked for`;
  return failure('MLIP_E_REDUCE_MISMATCH', peer.rank, message).error;
}

function late(peer: Peer, timeoutMs: number): MlipError {
  return failure('MLIP_E_REDUCE_TIMEOUT', peer.rank, `${nameOf(peer)} did not send its state within ${timeoutMs} ms`)
    .error;
}

function lost(peer: Peer, cause: Error | undefined): MlipError {
  return failure('MLIP_E_PEER_LOST', peer.rank, `${nameOf(peer)} closed its connection while it sent its state`, cause)
    .error;
}
