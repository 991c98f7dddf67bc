import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { phoneWorker } from './phone-worker-plugin.js';
import { unzipHere } from './unzip-here-plugin.js';
import { verifier } from './verifier-plugin.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Two entry pages that share `src/shared` and nothing else: the desk carries a component kit and a map, the phone neither. Every asset lies
 * flat under /assets with its hash in its name, so that the front door can let browsers keep it for ever.
 */
export default defineConfig({
  root: here,
  base: '/',
  publicDir: 'public',
  plugins: [vue(), phoneWorker()],
  worker: { format: 'es', plugins: () => [verifier(), unzipHere()] },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inline: the content security policy of the front door knows no exception for data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'build-manifest.json',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { checks: { pluginTimings: false }, input: { index: `${here}index.html`, m: `${here}m.html` } },
  },
});
