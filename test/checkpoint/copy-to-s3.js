// Copies a checkpoint to S3 again and again until it is killed: node copy-to-s3.js OUT STEP DESTINATION.
import { copyCheckpoint } from '../../dist/src/checkpoint/copy.js';
import { openDestination } from '../../dist/src/checkpoint/destination.js';
import { DirectoryStore } from '../../dist/src/checkpoint/directory-store.js';

const [out, step, destination] = process.argv.slice(2);
const store = await openDestination(destination);
process.send('open');
for (;;) await copyCheckpoint(new DirectoryStore(out), store, Number(step));
