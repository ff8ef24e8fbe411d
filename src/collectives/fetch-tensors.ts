/** The receiving end of a copy: connects to a rank, takes its tensors, and believes none without its hash. */
import { isDeepStrictEqual } from 'node:util';
import { MlipError } from '../core/errors.js';
import { elementCount, type HostTensor, type HostTensors } from '../core/host-tensor.js';
import { linkedSignal } from '../core/linked-signal.js';
import { callPeer, nameOf, type Peer } from './call-peer.js';
import { failure } from './failures.js';
import { DIGEST_BYTES, type Frame } from './frame.js';
import type { Inbound } from './inbound.js';
import { bytesOf, digestOf, listingOf, type TensorShape } from './tensor-copy.js';

export interface FetchOptions {
  /** From whom. */
  peer: Peer;
  /** Known to the ranks of this run only. */
  token: string;
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
  const { peer, token, generation, rank, timeoutMs, signal } = options;
  const limit = linkedSignal(signal, timeoutMs);
  let inbound: Inbound | undefined;
  try {
    inbound = await callPeer(peer, { purpose: 'copy', token, generation, rank, timeoutMs }, limit.signal);
    return await new TensorFetch(options, inbound, limit.signal).done;
  } finally {
    limit.release();
    inbound?.drop();
  }
}

/** What arrives, in the order in which it must: the listing, then a tensor and its hash, and so on. */
class TensorFetch {
  readonly done: Promise<HostTensors>;
  private readonly options: FetchOptions;
  private readonly tensors: HostTensors;
  private readonly targets: readonly Uint8Array[];
  private readonly listing: Buffer;
  private readonly digest = Buffer.alloc(DIGEST_BYTES);
  /** Frames whose payload has arrived. */
  private position = 0;
  /** Of the tensor that has arrived last. */
  private hashing: Promise<Buffer> | undefined;
  private readonly checks: Promise<void>[] = [];
  private finish!: () => void;
  private fail!: (error: unknown) => void;

  constructor(options: FetchOptions, inbound: Inbound, limit: AbortSignal) {
    const { layout, peer, timeoutMs } = options;
    this.options = options;
    this.tensors = new Map(layout.map(zeros));
    this.targets = Array.from(this.tensors.values(), ({ data }) => bytesOf(data));
    this.listing = Buffer.alloc(listingOf(layout).length);
    const received = new Promise<void>((resolve, reject) => ([this.finish, this.fail] = [resolve, reject]));
    this.done = received.then(() => Promise.all(this.checks)).then(() => this.tensors);
    limit.addEventListener('abort', () => this.fail(late(peer, timeoutMs)), { once: true });
    inbound.handler = {
      onFrame: (frame) => this.announce(frame),
      onPayload: () => this.take(),
      onClosed: (cause) => this.fail(lost(peer, cause)),
    };
    inbound.resume();
  }

  /** Position of the tensor that is due, or whose hash is. */
  private get index(): number {
    return Math.floor((this.position - 1) / 2);
  }

  private get due(): Frame {
    const { index, position } = this;
    if (position === 0) return { kind: 'listing', step: this.options.step, bytes: this.listing.length };
    if (position % 2 === 0) return { kind: 'digest', index };
    return { kind: 'tensor', index, count: this.targets[index].length / Float32Array.BYTES_PER_ELEMENT };
  }

  /** Where the payload of the frame goes. */
  private announce(frame: Frame | undefined): Uint8Array | undefined {
    if (this.complete) return undefined;
    const { due } = this;
    if (isDeepStrictEqual(frame, due)) {
      if (due.kind === 'listing') return this.listing;
      return due.kind === 'tensor' ? this.targets[this.index] : this.digest;
    }
    this.fail(mismatched(this.options, describe(frame)));
    return undefined;
  }

  private take(): void {
    const { due, index, options } = this;
    if (due.kind === 'listing') this.checkListing();
    else if (due.kind === 'tensor') this.hashing = digestOf(this.targets[index]);
    else this.checkDigest(options.layout[index].name, this.hashing!, Buffer.from(this.digest));
    this.position++;
    if (this.complete) this.finish();
  }

  private get complete(): boolean {
    return this.position > 2 * this.targets.length;
  }

  private checkListing(): void {
    const expected = listingOf(this.options.layout);
    if (!this.listing.equals(expected)) this.fail(mismatched(this.options, firstDifference(this.listing, expected)));
  }

  private checkDigest(name: string, hashing: Promise<Buffer>, announced: Buffer): void {
    const check = hashing.then((found) => {
      if (!found.equals(announced)) throw damaged(this.options.peer, name);
    });
    check.catch((error: unknown) => this.fail(error));
    this.checks.push(check);
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
