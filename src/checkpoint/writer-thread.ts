/**
 * The thread that writes checkpoints: hashing, waiting for the disk and encrypting for the destination never keep the
 * event loop of training waiting. Started by background-writer.ts; loads no TensorFlow.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type Checkpoint, saveCheckpoint } from './checkpoint.js';
import { openDestination } from './destination.js';
import { DirectoryStore } from './directory-store.js';
import { Mirror } from './mirror.js';
import { buffersOf, toPlain, type WriterReply, type WriterRequest, type WriterSettings } from './thread-messages.js';

const { out, policy, destination } = workerData as WriterSettings;
const port = parentPort!;
const reply = (message: WriterReply, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
const mirror = openMirror();
// Said when it is first needed.
mirror.catch(() => undefined);

async function openMirror(): Promise<Mirror | undefined> {
  const to = await openDestination(destination);
  if (to === undefined) return undefined;
  return new Mirror({
    ...{ from: new DirectoryStore(out), to, policy },
    copied: (step) => void to.locate(step).then((where) => reply({ kind: 'copied', step, where })),
    failed: (error, step) => reply({ kind: 'notCopied', step, error: toPlain(error) }),
  });
}

async function save(checkpoint: Checkpoint): Promise<void> {
  const { model, optimizer, state } = checkpoint;
  const copying = await mirror.catch(() => undefined);
  const pinned = {
    *[Symbol.iterator]() {
      if (copying?.current !== undefined) yield copying.current;
    },
  };
  const notRetained = (error: unknown): void => reply({ kind: 'notRetained', step: state.step, error: toPlain(error) });
  const end = await saveCheckpoint(out, checkpoint, { policy, pinned, notRetained }).then(
    (saved) => ({ kind: 'written', saved }) as const,
    (error: unknown) => ({ kind: 'failed', error: toPlain(error) }) as const,
  );
  reply({ ...end, tensors: { model, optimizer } }, buffersOf(checkpoint));
  if (end.kind === 'failed') return;
  await mirror.then(
    (found) => found?.wake(),
    (error) => reply({ kind: 'notCopied', step: state.step, error: toPlain(error) }),
  );
}

async function finish(): Promise<void> {
  await (await mirror.catch(() => undefined))?.idle();
  reply({ kind: 'finished' });
}

port.on('message', (request: WriterRequest) => void (request.kind === 'save' ? save(request.checkpoint) : finish()));
