/**
 * What a launched child tells its launcher over Node's IPC channel. A process that was started by hand has none.
 */
import { z } from 'zod';

const messageSchema = z.discriminatedUnion('kind', [
  /** The coordinator accepts workers. */
  z.object({ kind: z.literal('listening'), address: z.string() }),
  /** The child ends with this error. */
  z.object({
    kind: z.literal('failure'),
    code: z.string(),
    message: z.string(),
    where: z.string().optional(),
    remedy: z.string().optional(),
  }),
]);

export type ChildMessage = z.infer<typeof messageSchema>;
export type ChildFailure = Extract<ChildMessage, { kind: 'failure' }>;

export function parseChildMessage(value: unknown): ChildMessage {
  return messageSchema.parse(value);
}

/** Resolves when the launcher has the message, at once where there is no launcher. */
export async function tellLauncher(message: ChildMessage): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  await new Promise<void>((resolve) => process.send!(message, undefined, undefined, () => resolve()));
}

/** Whether a launcher started this process, with a channel and a pipe on stdin. */
export function isLaunched(): boolean {
  return process.send !== undefined;
}
