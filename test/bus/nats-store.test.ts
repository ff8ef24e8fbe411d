// The store on NATS keeps what every store promises, with a real nats-server.
import { describe } from 'vitest';
import { openNatsStore } from '../../src/bus/nats/store.js';
import { findNatsServer, isAtLeast } from '../support/nats-provision.js';
import { startNatsServer } from '../support/nats-server.js';
import { storeContract } from './contract/contract.js';
import { makeDirectory, removeDirectory } from './temporary.js';

describe.skipIf(findNatsServer() === undefined)('a store on NATS', () => {
  storeContract(async () => {
    const directory = makeDirectory();
    const server = await startNatsServer({ directory });
    return {
      tellsExpiry: isAtLeast(2, 11),
      open: () => openNatsStore({ servers: server.address }),
      end: async () => {
        await server.kill();
        removeDirectory(directory);
      },
    };
  });
});
