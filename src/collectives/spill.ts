/** Bytes that arrived while nobody wanted any: few, as reading stops soon, kept in order until they are wanted. */

/** Most that TLS hands over at a time: one record. */
const READ_BYTES = 16_384;

export class Spill {
  /** True from `open` to `close`: the next bytes land here. */
  isOpen = false;
  private bytes = Buffer.allocUnsafe(READ_BYTES);
  private start = 0;
  private end = 0;

  get length(): number {
    return this.end - this.start;
  }

  /** Room for the next read. */
  open(): Uint8Array {
    this.isOpen = true;
    if (this.bytes.length - this.end < READ_BYTES) this.grow();
    return this.bytes.subarray(this.end, this.end + READ_BYTES);
  }

  /** So many bytes have come. */
  close(count: number): void {
    this.isOpen = false;
    this.end += count;
  }

  /** Moves the oldest bytes, as many as there is room for; returns how many. */
  moveTo(target: Uint8Array): number {
    const count = Math.min(target.length, this.length);
    target.set(this.bytes.subarray(this.start, this.start + count));
    this.start += count;
    // What is open stays where the next read will put its bytes.
    if (this.length === 0 && !this.isOpen) this.start = this.end = 0;
    return count;
  }

  private grow(): void {
    const larger = Buffer.allocUnsafe(2 * (this.length + READ_BYTES));
    this.bytes.copy(larger, 0, this.start, this.end);
    [this.bytes, this.start, this.end] = [larger, 0, this.length];
  }
}
