// Compiles the styles and bundles the scripts into portal/static/portal/. Run with: npm ci && npm run build
import { build } from 'esbuild'
import { compile } from 'sass'
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'

const out = '../static/portal'
mkdirSync(out, { recursive: true })

const { css } = compile('scss/portal.scss', {
  style: 'compressed',
  charset: false,
  loadPaths: ['node_modules'],
  quietDeps: true
})
// A strict Content-Security-Policy allows no data: images, and the manifest storage follows each url().
if (/url\(/.test(css)) throw new Error('portal.css must not refer to other files')
writeFileSync(`${out}/portal.css`, css.trimEnd() + '\n')

await build({
  entryPoints: ['js/init.mjs'],
  outfile: `${out}/portal.js`,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2020',
  legalComments: 'none'
})

for (const script of ['passkeys.js', 'progress.js']) copyFileSync(`js/${script}`, `${out}/${script}`)
for (const icon of readdirSync('icons')) copyFileSync(`icons/${icon}`, `${out}/${icon}`)
