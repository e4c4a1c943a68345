/** The page's style. The bars' colours are Okabe and Ito's, told apart by colour-blind readers. */
export const style = `
:root {
  color-scheme: light dark;
  --text: #1c1d21; --quiet: #62656d; --page: #fbfbfa; --card: #fff; --line: #e3e3e0;
  --track: #efefec; --good: #00704f; --bad: #b14a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #ececea; --quiet: #a0a2a8; --page: #16171a; --card: #1e2024; --line: #33363c;
    --track: #2a2d32; --good: #35c795; --bad: #f0a04b;
  }
}
body {
  margin: 0 auto; max-width: 1000px; padding: 2.5rem 1.25rem 4rem;
  font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.4rem; }
h2 { font-size: 1.1rem; margin: 2.4rem 0 0.8rem; }
p, ul { margin: 0.3rem 0; }
.quiet { color: var(--quiet); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 1rem; }
figure, .card {
  margin: 0; padding: 1rem 1.1rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 10px;
}
figcaption { font-weight: 600; line-height: 1.3; margin-bottom: 0.7rem; }
figcaption .quiet { display: block; font-size: 0.85rem; font-weight: 400; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 13px system-ui, sans-serif; fill: var(--text); white-space: pre; }
.name { font-weight: 600; }
.value { font-variant-numeric: tabular-nums; }
.comparison { fill: var(--quiet); }
.track { fill: var(--track); }
.bar-0 { fill: #56b4e9; }
.bar-1 { fill: #e69f00; }
.bar-2 { fill: #009e73; }
.bar-3 { fill: #cc79a7; }
.bar-4 { fill: #0072b2; }
.bar-5 { fill: #d55e00; }
.bar-6 { fill: #f0e442; }
ul.expectations { list-style: none; padding: 0; }
.met::before { content: '✓ '; color: var(--good); font-weight: 700; }
.missed::before { content: '✗ '; color: var(--bad); font-weight: 700; }
pre {
  margin: 0.4rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.45 ui-monospace, monospace;
}
pre .quiet { font-style: italic; }
`;
