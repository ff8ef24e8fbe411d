/** One rank's call of the gather: its pieces are checked as they come. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { MlipError, messageOf } from '../core/errors.js';
import { type Failure, fromFailure, toFailure, toStatus } from '../rpc/failure.js';
import { type GatherHeader, type GatherMessageSeen, type TensorHeader, gatherCodec } from '../rpc/service.js';
import { type TensorLengths, checkTensors, malformed, tensorLengths } from '../rpc/tensor-lengths.js';
import type { SessionClaim } from '../rpc/tensor-stream.js';
import type { Place } from './events.js';
import type { Piece } from './packed-pieces.js';

/** Whose contribution to which step. */
export interface GatherPlace extends Place {
  rank: number;
}

/** The call of a worker, its messages undecoded. */
export type GatherCall = ServerDuplexStream<Buffer, Buffer>;

export interface Contribution {
  call: GatherCall;
  place: GatherPlace;
  /** Who says that it sends it. */
  claim: SessionClaim;
  tensors: readonly TensorHeader[];
  /** What came after the header. */
  pieces: Piece[];
}

export interface ContributionEvents {
  /** The header has come. Returns why the contribution cannot be taken, or null: its pieces are read then. */
  begun(contribution: Contribution): Failure | null;
  /** All pieces have come. */
  completed(contribution: Contribution): void;
  /** It was malformed, or its worker went away. */
  gone(contribution: Contribution): void;
}

export function readContribution(call: GatherCall, events: ContributionEvents): void {
  let reading: { contribution: Contribution; lengths: TensorLengths } | null = null;
  let over = false;

  /** False where the call is over, or is refused. */
  function guard(action: () => void): boolean {
    if (over) return false;
    try {
      action();
      return true;
    } catch (error) {
      leave();
      refuseCall(call, toFailure(error));
      return false;
    }
  }
  function leave(): void {
    if (!over && reading !== null) events.gone(reading.contribution);
    over = true;
  }
  function take(bytes: Buffer): void {
    const { header, chunk } = decode(bytes);
    if (reading === null) reading = begin(header);
    else if (chunk === null) throw malformed('a gather is one header, then pieces');
    else {
      reading.lengths.add(chunk.tensor, chunk.data.byteLength);
      reading.contribution.pieces.push({ tensor: chunk.tensor, data: chunk.data, message: bytes });
    }
  }
  function begin(header: GatherHeader | null): NonNullable<typeof reading> {
    if (header === null) throw malformed('a gather begins with its header');
    const contribution = contributionOf(call, header);
    checkTensors(contribution.tensors);
    const failure = events.begun(contribution);
    if (failure !== null) throw fromFailure(failure);
    return { contribution, lengths: tensorLengths(contribution.tensors) };
  }
  function finish(): void {
    if (reading === null) throw malformed('a gather ended before its header');
    reading.lengths.finish();
    over = true;
  }

  call.on('data', (bytes: Buffer) => guard(() => take(bytes)));
  call.on('end', () => {
    // What goes wrong from here on is not this worker's fault.
    if (guard(finish)) events.completed(reading!.contribution);
  });
  call.on('cancelled', leave);
  call.on('error', leave);
}

function decode(bytes: Buffer): GatherMessageSeen {
  try {
    return gatherCodec.decode(bytes);
  } catch (cause) {
    throw new MlipError('MLIP_E_RPC_PROTOCOL', `a piece of a gather cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Picked field by field: decoded messages keep absent values on their prototype. */
function contributionOf(call: GatherCall, header: GatherHeader): Contribution {
  const { rank, generation, step, worker, secret } = header;
  const tensors = header.tensors.map(({ name, rows, rowBytes }) => ({ name, rows, rowBytes }));
  return { call, place: { rank, generation, step }, claim: { worker, secret }, tensors, pieces: [] };
}

/** Ends a call with an error that names its reason. */
export function refuseCall(call: Pick<GatherCall, 'emit'>, failure: Failure): void {
  call.emit('error', toStatus(failure));
}
