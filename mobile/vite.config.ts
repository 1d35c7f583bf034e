import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  // Tokens are shared with the services' pages, which lie beside this folder.
  server: { port: 1420, strictPort: true, fs: { allow: ['..'] } },
  build: {
    target: ['es2022', 'safari16', 'chrome111'],
    // The policy of the app's page allows no data: addresses but for pictures, and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  // What runs in a browser is under e2e/. A day begins at another hour elsewhere, and days are tested.
  test: { include: ['src/**/*.test.ts'], env: { TZ: 'UTC' } },
})
