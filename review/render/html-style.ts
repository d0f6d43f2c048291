/**
 * The look of the HTML page: one column, a colour for each class of risk and for nothing else, all else
 * told by size and space. On a narrow screen tables become lists, and lines break wherever they must.
 */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --ink: #1d2025; --soft: #5d6470; --hair: #e4e4df; --well: #f4f4f1;
  --data-loss: #b3261e; --downtime: #a84300; --access: #7d5a00; --rollout: #1d55c4; --cosmetic: #6a7180;
  --failure: #b3261e; --good: #11713c; --plain: #5d6470;
  --added: #e4f4e8; --added-ink: #0c5a2b; --removed: #fbe6e4; --removed-ink: #8c1d17;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131518; --card: #1b1e22; --ink: #e6e8eb; --soft: #9aa2ae; --hair: #2d3137; --well: #15171b;
    --data-loss: #ff8a80; --downtime: #ffa45c; --access: #e6c04d; --rollout: #8ab4ff; --cosmetic: #98a1b0;
    --failure: #ff8a80; --good: #6bd08f; --plain: #9aa2ae;
    --added: #16301f; --added-ink: #8fdca9; --removed: #3a1d1c; --removed-ink: #ffaaa2;
  }
}
.data-loss { --tone: var(--data-loss); } .downtime { --tone: var(--downtime); }
.access { --tone: var(--access); } .rollout { --tone: var(--rollout); }
.cosmetic { --tone: var(--cosmetic); } .failure { --tone: var(--failure); }
.good { --tone: var(--good); } .plain { --tone: var(--plain); }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Inter", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1, h2, h3, p, ul, table { margin: 0; padding: 0; }
ul { list-style: none; }
code { font: 0.9em/1.5 var(--mono); }
header { padding-left: 1.1rem; border-left: 4px solid var(--tone); margin-bottom: 2rem; }
h1 { font-size: 1.6rem; line-height: 1.3; font-weight: 650; letter-spacing: -0.012em; text-wrap: pretty; }
h1.long { font-size: 1.2rem; line-height: 1.4; }
.made { color: var(--soft); margin-top: 0.5rem; font-size: 0.87rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.4rem; margin-top: 1rem; }
nav a {
  display: inline-flex; align-items: center; gap: 0.45rem; padding: 0.2rem 0.7rem;
  border: 1px solid var(--hair); border-radius: 99px; background: var(--card);
  color: var(--ink); font-size: 0.85rem; text-decoration: none;
}
nav a:hover, nav a:focus-visible { border-color: var(--tone); }
nav b { font-weight: 600; color: var(--soft); font-variant-numeric: tabular-nums; }
.dot { width: 0.6rem; height: 0.6rem; border-radius: 2px; background: var(--tone); flex: none; display: inline-block; }
section { margin-top: 2.25rem; scroll-margin-top: 1rem; }
h2 { font-size: 1.05rem; font-weight: 650; display: flex; align-items: center; gap: 0.55rem; }
h2 .count { color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }
.note { color: var(--soft); font-size: 0.87rem; margin-top: 0.15rem; }
.card {
  background: var(--card); border: 1px solid var(--hair); border-radius: 10px; margin-top: 0.75rem;
  overflow: hidden;
}
.card > * + * { border-top: 1px solid var(--hair); }
.entry { padding: 0.95rem 1.15rem 1rem; scroll-margin-top: 1rem; }
.entry:target { box-shadow: inset 3px 0 0 var(--tone); }
.severe { box-shadow: inset 3px 0 0 var(--tone); }
h3 { font-size: 0.98rem; font-weight: 600; line-height: 1.5; }
h3 code { font-size: 0.92em; font-weight: 600; }
.kind { font-weight: 400; }
.operation {
  color: var(--tone); border: 1px solid currentColor; border-radius: 5px; padding: 0.02rem 0.4rem;
  font-size: 0.76rem; font-weight: 600; margin-right: 0.3rem; white-space: nowrap; position: relative; top: -1px;
}
.stack { color: var(--soft); font-size: 0.82rem; font-weight: 400; margin-left: 0.25rem; }
.reasons { margin-top: 0.4rem; }
.reasons li { margin-top: 0.15rem; }
.rule { color: var(--tone); margin-right: 0.25rem; }
.facts { margin-top: 0.4rem; color: var(--ink); }
.facts li { padding-left: 0.9rem; position: relative; font-variant-numeric: tabular-nums; }
.facts li::before { content: ""; position: absolute; left: 0; top: 0.72em; width: 0.4rem; height: 1px; background: var(--soft); }
details > summary { cursor: pointer; }
.detail { margin-top: 0.5rem; }
.detail > summary { color: var(--soft); font-size: 0.87rem; }
.detail > summary:hover, .fold > summary:hover .title { color: var(--ink); text-decoration: underline; text-underline-offset: 3px; }
.detail > summary code { color: var(--ink); }
.fold > summary { list-style: none; }
.fold > summary::-webkit-details-marker { display: none; }
.fold > summary h2::after {
  content: ""; width: 0.42rem; height: 0.42rem; margin-left: 0.15rem; border: solid var(--soft); border-width: 0 1.5px 1.5px 0;
  transform: translateY(-1px) rotate(45deg); transition: transform 0.12s;
}
.fold[open] > summary h2::after { transform: translateY(2px) rotate(-135deg); }
.diff {
  margin: 0.45rem 0 0.2rem; padding: 0.4rem 0; background: var(--well); border: 1px solid var(--hair); border-radius: 7px;
  font: 0.8rem/1.6 var(--mono); white-space: pre-wrap; tab-size: 2;
}
.diff span { display: block; padding: 0 0.75rem 0 1.9rem; text-indent: -1.15rem; }
.diff .added { background: var(--added); color: var(--added-ink); }
.diff .removed { background: var(--removed); color: var(--removed-ink); }
.diff .told { color: var(--access); }
.diff .at { color: var(--soft); }
.list li { padding: 0.6rem 1.15rem; }
.list li + li { border-top: 1px solid var(--hair); }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.5rem 0.6rem; vertical-align: top; }
th:first-child, td:first-child { padding-left: 1.15rem; }
th:last-child, td:last-child { padding-right: 1.15rem; }
th { color: var(--soft); font-weight: 500; font-size: 0.8rem; white-space: nowrap; }
td { border-top: 1px solid var(--hair); }
td .dot { margin-right: 0.5rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.zero { color: var(--soft); }
footer { margin-top: 3rem; color: var(--soft); font-size: 0.82rem; }
:focus-visible { outline: 2px solid var(--rollout); outline-offset: 2px; border-radius: 4px; }
@media (max-width: 40rem) {
  main { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.3rem; }
  h1.long { font-size: 1.08rem; }
  .entry, .list li { padding-left: 0.9rem; padding-right: 0.9rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; width: 100%; }
  tr { padding: 0.65rem 0.9rem; }
  tr + tr { border-top: 1px solid var(--hair); }
  td, td:first-child, td:last-child { border: 0; padding: 0.1rem 0; }
  td:empty { display: none; }
  td[data-head] { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0.5rem; text-align: left; }
  td.zero[data-head] { display: none; }
  td[data-head]::before { content: attr(data-head); color: var(--soft); font-size: 0.8rem; line-height: 1.75; }
  td:first-child { font-weight: 600; text-align: left; }
}
@media print {
  body { background: #fff; } main { max-width: none; padding: 0; } .card { break-inside: auto; } .entry { break-inside: avoid; }
  nav { display: none; }
}
`;
