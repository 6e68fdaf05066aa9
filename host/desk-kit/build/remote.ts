// How every domain's bundle is built: lib…/desk/vite.config.ts is one call of this.
import { resolve } from 'node:path'
import { federation } from '@module-federation/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { shared } from './shared.ts'

export const remote = (name: string, root: string) =>
  defineConfig({
    root,
    base: './', // the same bundle serves under any address
    plugins: [
      react(),
      federation({
        name,
        filename: 'remoteEntry.js',
        exposes: { './App': resolve(root, 'src/App.tsx') },
        shared: shared('remote'),
        dts: false,
        manifest: false,
        experiments: { externalRuntime: true },
      } as never),
    ],
    define: { 'process.env.TAMAGUI_TARGET': '"web"' },
    build: {
      target: 'es2022',
      outDir: 'dist',
      emptyOutDir: true,
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: { input: resolve(root, 'src/App.tsx') },
    },
  })
