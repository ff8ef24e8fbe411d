/** Image-report pairs in the plain arrays that the compiled step takes. */
import type { TokenizedReport } from './tokenizer.js';

export interface ReportBatch {
  /** [n, maxPieces] */
  pieceIds: Int32Array<ArrayBuffer>;
  /** [n, maxPieces], 1 for a piece and 0 for padding */
  pieceMask: Float32Array<ArrayBuffer>;
  /** [n, maxPieces], the word that each piece belongs to; -1 for CLS, SEP and padding */
  wordOfPiece: Int32Array<ArrayBuffer>;
}

export interface PairBatch extends ReportBatch {
  /** [n, size, size] grey values */
  images: Uint8Array<ArrayBuffer>;
}

export function allocateBatch(count: number, size: number, maxPieces: number): PairBatch {
  return { images: new Uint8Array(count * size * size), ...allocateReports(count, maxPieces) };
}

export function allocateReports(count: number, maxPieces: number): ReportBatch {
  return {
    pieceIds: new Int32Array(count * maxPieces),
    pieceMask: new Float32Array(count * maxPieces),
    wordOfPiece: new Int32Array(count * maxPieces),
  };
}

export function writeReport(batch: ReportBatch, index: number, { ids, length, wordOfPiece }: TokenizedReport): void {
  const start = index * ids.length;
  batch.pieceIds.set(ids, start);
  batch.wordOfPiece.set(wordOfPiece, start);
  batch.pieceMask.fill(1, start, start + length);
}
