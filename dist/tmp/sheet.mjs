import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
const [out, dir, w, ...names] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--headless'] });
const p = await b.newPage({ viewport: { width: names.length * (Number(w) + 8), height: 400 } });
const imgs = names.map((n) => `<div><p>${n}</p><img style="width:${w}px" src="data:image/png;base64,${readFileSync(`${dir}/${n}.png`).toString('base64')}"></div>`).join('');
await p.setContent(`<style>body{margin:0;background:#888;display:flex;gap:8px;align-items:flex-start}p{margin:0;font:12px sans-serif;color:#fff}</style>${imgs}`);
await p.waitForTimeout(200);
const h = await p.evaluate('document.documentElement.scrollHeight');
const W = names.length * (Number(w) + 8);
const step = Number(process.env.STEP ?? 1500);
let i = 0;
for (let y = 0; y < h; y += step) { await p.screenshot({ path: `${out}-${i++}.png`, fullPage: true, clip: { x: 0, y, width: W, height: Math.min(step, h - y) } }); }
console.log(i, W, h);
await b.close();
