/**
 * Holds the rows of every rank until all have come, then sends the whole to each, in order of rank, which is the order of
 * micro-batches. All get the same messages: memory is that of one gather.
 */
import type { Failure } from '../rpc/failure.js';
import { type TensorHeader, gatherCodec } from '../rpc/service.js';
import { writeAll } from '../rpc/stream.js';
import type { SessionClaim } from '../rpc/tensor-stream.js';
import { type Contribution, type GatherCall, type GatherPlace, readContribution, refuseCall } from './contribution.js';
import { packPieces } from './packed-pieces.js';

export interface GatherRules {
  /** B, rows of the whole. */
  batchSize: number;
  /** Why a contribution cannot be taken; null if it can. */
  fault(place: GatherPlace, tensors: readonly TensorHeader[], claim: SessionClaim): Failure | null;
  /** All pieces of a contribution have come. */
  complete(place: GatherPlace, tensors: readonly TensorHeader[]): void;
  /** Bytes of the whole that went to a rank, and of its rows that came. */
  sent(rank: number, bytes: number): void;
  received(rank: number, bytes: number): void;
}

export class GatherStore {
  /** By rank; complete ones and those under way. */
  private contributions = new Map<number, Contribution>();

  private readonly rules: GatherRules;

  constructor(rules: GatherRules) {
    this.rules = rules;
  }

  /** Takes a rank's call: its rows are read; the answer comes with `release`. */
  receive(call: GatherCall): void {
    readContribution(call, {
      begun: (contribution) => this.begin(contribution),
      completed: (contribution) => this.complete(contribution),
      gone: ({ place }) => void this.contributions.delete(place.rank),
    });
  }

  private begin(contribution: Contribution): Failure | null {
    const { place, tensors, claim } = contribution;
    const failure = this.rules.fault(place, tensors, claim) ?? this.repeated(place);
    if (failure === null) this.contributions.set(place.rank, contribution);
    return failure;
  }

  private complete({ place, tensors, pieces }: Contribution): void {
    this.rules.received(
      place.rank,
      pieces.reduce((sum, { message }) => sum + message.length, 0),
    );
    this.rules.complete(place, tensors);
  }

  private repeated({ rank }: GatherPlace): Failure | null {
    if (!this.contributions.has(rank)) return null;
    return { code: 'MLIP_E_RPC_PROTOCOL', message: `rank ${rank} contributes twice`, where: '', remedy: '' };
  }

  /** All have contributed. */
  release(): void {
    const inOrder = [...this.contributions.values()].sort((a, b) => a.place.rank - b.place.rank);
    this.contributions = new Map();
    const messages = [this.wholeHeader(inOrder[0]), ...packPieces(inOrder.flatMap(({ pieces }) => pieces))];
    for (const contribution of inOrder) void this.answer(contribution, messages);
  }

  private wholeHeader({ place, tensors }: Contribution): Buffer {
    const whole = tensors.map((tensor) => ({ ...tensor, rows: this.rules.batchSize }));
    return gatherCodec.encode({ header: { ...place, tensors: whole } });
  }

  private async answer({ call, place }: Contribution, messages: readonly Buffer[]): Promise<void> {
    const arrived = await writeAll(call, messages);
    if (!arrived) return;
    this.rules.sent(
      place.rank,
      messages.reduce((sum, { length }) => sum + length, 0),
    );
    call.end();
  }

  refuse(rank: number, failure: Failure): void {
    const contribution = this.contributions.get(rank);
    this.contributions.delete(rank);
    if (contribution !== undefined) refuseCall(contribution.call, failure);
  }

  /** The run goes no further: nobody waits for an answer that cannot come. */
  abandon(failure: Failure): void {
    for (const rank of [...this.contributions.keys()]) this.refuse(rank, failure);
  }
}
