// Takes a lease and holds it: hold-lease.js {"directory": PATH} | {"nats": ADDRESS} HOLDER TTL_MS. Prints what it believes.
import { setInterval } from 'node:timers';
import { acquireLease } from '../../../dist/src/bus/lease.js';
import { openStore } from '../../../dist/src/bus/open-store.js';

const [choice, holder, ttlMs] = process.argv.slice(2);
const say = (line) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const store = await openStore(JSON.parse(choice));
const keyValue = await store.keyValue('leases', { ttlMs: Number(ttlMs) });
const lease = await acquireLease({ keyValue, key: 'leader', holder, address: `${holder}:1` });
say({ token: lease.token });
lease.lost.addEventListener('abort', () => say({ lost: lease.lost.reason.code }));
// The first thing that it does when it may run again.
process.on('SIGCONT', () => say({ holdsOnWaking: lease.holds() }));
setInterval(() => say({ holds: lease.holds() }), 50);
