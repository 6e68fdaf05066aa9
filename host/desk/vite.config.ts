import { federation } from '@module-federation/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { shared } from '../desk-kit/build/shared.ts'

/** The tokens and both schemes as a style sheet: at run time Tamagui adds rules only, no text that the policy must allow. */
const theme = (): Plugin => ({
  name: 'theme',
  resolveId: (id) => (id === 'virtual:theme.css' ? '\0theme.css' : undefined),
  async load(id) {
    if (id !== '\0theme.css') return undefined
    process.env.TAMAGUI_TARGET = 'web'
    const { config } = await import('../desk-kit/src/tamagui.config.ts')
    return config.getCSS()
  },
})

export default defineConfig({
  base: '/desk/',
  plugins: [
    theme(),
    react(),
    federation({
      name: 'desk',
      filename: 'hostEntry.js',
      remotes: {},
      exposes: {},
      shared: shared('shell'),
      dts: false,
      manifest: false,
      experiments: { provideExternalRuntime: true },
    } as never),
  ],
  define: { 'process.env.TAMAGUI_TARGET': '"web"' },
  server: {
    host: '127.0.0.1',
    port: 5301,
    strictPort: true,
    proxy: { '/api': 'http://127.0.0.1:8888', '/remotes': 'http://127.0.0.1:8888' },
  },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
