import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // TensorFlow allows one context per process and keeps its own thread pools: a process a file, two at a time.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    // Browsers and processes take their time on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
  },
});
