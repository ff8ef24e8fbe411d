/** Encoding of messages, and the types that decoding gives. */
import type { Writer } from 'protobufjs/minimal.js';

type Scalar = string | number | boolean | Uint8Array;

type DecodedField<Field> = Field extends (infer Item)[]
  ? Decoded<Item>[]
  : Field extends Scalar
    ? Field
    : string extends keyof Field // a map
      ? Field
      : Decoded<Field> | null;

/**
 * A message as decoding gives it: every scalar, list and map is there; a message within it that was not sent is null.
 * Absent values live on the prototype: pick fields, don't spread.
 */
export type Decoded<Message> = Message extends Scalar
  ? Message
  : { [Key in Exclude<keyof Message, '$unknowns'>]-?: DecodedField<NonNullable<Message[Key]>> };

/** Between values and the bytes of a message. */
export interface Codec<Sent, Seen = Sent> {
  encode(value: Sent): Buffer;
  decode(bytes: Buffer): Seen;
}

interface GeneratedType<Sent> {
  encode(message: Sent): Writer;
  decode(bytes: Uint8Array): unknown;
}

export function codecOf<Sent>(type: GeneratedType<Sent>): Codec<Sent, Decoded<Sent>> {
  return {
    encode: (value) => type.encode(value).finish() as Buffer,
    decode: (bytes) => type.decode(bytes) as Decoded<Sent>,
  };
}

/** Leaves bytes as they are, for messages that are passed on unread. */
export const rawCodec: Codec<Buffer> = { encode: (bytes) => bytes, decode: (bytes) => bytes };
