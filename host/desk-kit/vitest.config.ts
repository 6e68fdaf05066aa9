import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: import.meta.dirname,
  define: { 'process.env.TAMAGUI_TARGET': '"web"' },
  resolve: { alias: { '@bm/desk-kit': resolve(import.meta.dirname, 'src/index.ts') } },
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    setupFiles: ['test/setup.ts'],
    server: { deps: { inline: [/tamagui/] } },
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      exclude: ['src/index.ts', 'src/types.ts', 'src/hindi.ts'],
      reporter: ['text'],
      thresholds: { lines: 90 },
    },
  },
})
