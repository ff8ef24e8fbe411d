// The store in a directory keeps what every store promises.
import { describe } from 'vitest';
import { openDirectoryStore } from '../../src/bus/directory/store.js';
import { storeContract } from './contract/contract.js';
import { makeDirectory, removeDirectory } from './temporary.js';

describe('a store in a directory', () => {
  storeContract(async () => {
    const directory = makeDirectory();
    return {
      tellsExpiry: true,
      open: () => openDirectoryStore(directory),
      end: async () => removeDirectory(directory),
    };
  });
});
