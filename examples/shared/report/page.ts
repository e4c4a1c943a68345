import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { escapeHtml } from '../../../src/cli/bench/page/html';
import type { Cleanup } from '../cleanup';
import { charts } from './charts';
import type { Expectation, Measurement, Results } from './results';
import { style } from './style';

/** The results as one HTML page that needs nothing else: no script, no font, no picture. */
export function renderPage({ title, measurements, expectations, notes }: Results): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tfjs-qutlass: ${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="quiet">Trained, and then quantized with tf.qutlass.quantizeModel.</p>
<h2>Expected</h2>
<ul class="expectations">${expectations.map(expectationItem).join('\n')}</ul>
<h2>Measured</h2>
<div class="charts">
${charts(measurements)}
</div>
<h2>Written by each model, from the same start and the same random numbers</h2>
<div class="charts">
${measurements.map(sampleCard).join('\n')}
</div>
<h2>How it was measured</h2>
${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
</body>
</html>
`;
}

function expectationItem({ text, met }: Expectation): string {
  return `<li class="${met ? 'met' : 'missed'}">${escapeHtml(text)}</li>`;
}

function sampleCard({ name, sample }: Measurement): string {
  const { prompt, continuation } = sample;
  return `<div class="card"><strong>${escapeHtml(name)}</strong>
<pre><span class="quiet">${escapeHtml(prompt)}</span>${escapeHtml(continuation)}</pre></div>`;
}

/**
 * Makes `folder` now, so that a bad one is known before the work, and answers how to write its
 * index.html later: under another name until it is complete. The writer returns the page's path.
 */
export function preparePage(folder: string, cleanup: Cleanup): (html: string) => string {
  const firstMade = mkdirSync(folder, { recursive: true });
  const page = join(folder, 'index.html');
  const unfinished = join(folder, `.index.html.${process.pid}`);
  accessSync(folder, constants.W_OK);
  cleanup.add(() => {
    rmSync(unfinished, { force: true });
    if (firstMade !== undefined && !existsSync(page)) removeFolders(folder, firstMade);
  });
  return (html) => {
    writeFileSync(unfinished, html);
    renameSync(unfinished, page);
    return page;
  };
}

/** Removes the empty folder `inner`, and the empty ones above it up to `outer`. */
function removeFolders(inner: string, outer: string): void {
  for (let folder = resolve(inner); readdirSync(folder).length === 0; folder = dirname(folder)) {
    rmdirSync(folder);
    if (folder === resolve(outer)) return;
  }
}
