import { federation } from '@module-federation/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { shared } from '../desk-kit/build/shared.ts'

export default defineConfig({
  base: '/desk/',
  plugins: [
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
