// Bundles the pages for a server that is the only host the browser ever talks to.
//
// Every file gets a content hash in its name, so that it may be cached for ever, and packed twins (.br, .gz) for
// weak lines; manifest.json maps the plain names to the hashed ones.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../src/address_service/web/static/bundle');
const maplibre = join(here, 'node_modules/maplibre-gl');

mkdirSync(out, { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: { map: 'src/main.ts', trail: 'src/trail/main.ts', accounts: 'src/accounts/main.ts', residents: 'src/residents/main.ts', reconcile: 'src/reconcile/main.ts', exchange: 'src/exchange/main.ts', acts: 'src/acts/main.ts' },
  entryNames: '[name]-[hash]',
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome96', 'firefox102', 'safari15.4'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

const manifest = {};
for (const path of Object.keys(result.metafile.outputs)) {
  const name = basename(path);
  const entry = /^(map|trail|accounts|residents|reconcile|exchange|acts)-/.exec(name)?.[1];
  manifest[entry ? `${entry}${name.slice(name.lastIndexOf('.'))}` : name] = name;
}

// MapLibre 6 starts its worker from a file of its own, which is already one self-contained module.
const worker = readFileSync(join(maplibre, 'dist/maplibre-gl-worker.mjs'), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
const workerName = `map-worker-${createHash('sha256').update(worker).digest('hex').slice(0, 8)}.js`;
writeFileSync(join(out, workerName), worker);
manifest['map-worker.js'] = workerName;

const licence = 'maplibre-gl.LICENSE.txt';
copyFileSync(join(maplibre, 'LICENSE.txt'), join(out, licence));
const kept = new Set(['manifest.json', licence]);
for (const name of Object.values(manifest)) {
  const bytes = readFileSync(join(out, name));
  writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(out, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  for (const suffix of ['', '.gz', '.br']) kept.add(name + suffix);
}

// A service may be running: it finds either the old manifest with the old files or the new one with the new.
writeFileSync(join(out, 'manifest.part'), `${JSON.stringify(manifest, null, 2)}\n`);
renameSync(join(out, 'manifest.part'), join(out, 'manifest.json'));
for (const name of readdirSync(out)) if (!kept.has(name)) rmSync(join(out, name));
