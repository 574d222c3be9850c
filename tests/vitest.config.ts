import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // More than the two cores that are counted on: many tests wait, for a memory to grow old or a queue to be worked off.
    maxWorkers: 3,
  },
})
