import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Writes each file once more as br and gz, so that the portal compresses nothing when it is asked. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && /\.(js|css|html|svg)$/.test(file)) {
          const content = readFileSync(file);
          writeFileSync(`${file}.br`, brotliCompressSync(content));
          writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0, // the policy of the page's content allows no inline script
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  // npx vite, beside a portal that runs: a change of the page is seen at once.
  server: { host: '127.0.0.1', proxy: { '/api': process.env.PORTAL ?? 'http://127.0.0.1:5080' } },
});
