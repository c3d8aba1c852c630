/** The style sheet of the report: light and dark by preference, readable on a phone and on paper. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --panel: #ffffff; --ink: #18212f; --soft: #56627a; --rule: #dde2ea; --sea: #eaf0f6; --land: #cfd8e3;
  --good: #12805c; --bad: #c0362c; --warn: #a76300; --calm: #5b6780;
  --good-bg: #e3f4ec; --bad-bg: #fbe9e7; --warn-bg: #fbf0dc; --calm-bg: #edf0f4;
  --primary: #1f5fbf; --standby: #b4690e; --active: #12805c; --replica: #7a4bc2; --shard: #0e7c8b;
  --detect: #8492a6; --decide: #6f8fc7; --fence: #b4690e; --promote: #1f5fbf; --shift: #7a4bc2; --verify: #12805c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151d; --panel: #18202b; --ink: #e7ecf3; --soft: #9aa8bd; --rule: #2a3544; --sea: #131b26; --land: #2e3b4d;
    --good: #4cc79a; --bad: #ff8278; --warn: #eab057; --calm: #a3b0c4;
    --good-bg: #12352a; --bad-bg: #40201f; --warn-bg: #3a2c12; --calm-bg: #242e3b;
    --primary: #6aa5ff; --standby: #eab057; --active: #4cc79a; --replica: #b892f5; --shard: #4fc3d1;
    --detect: #8b99ae; --decide: #86a8e6; --fence: #eab057; --promote: #6aa5ff; --shift: #b892f5; --verify: #4cc79a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main, header.top { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header.top { padding-top: 32px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 0 0 4px; }
h3 { font-size: 14px; margin: 20px 0 6px; }
p { margin: 0 0 10px; }
.lead { font-size: 16px; max-width: 75ch; }
.soft { color: var(--soft); }
.small { font-size: 13px; }
code, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
section { background: var(--panel); border: 1px solid var(--rule); border-radius: 10px; padding: 20px; margin: 16px 0; }
section > p.soft { margin-bottom: 14px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 14px 0 0; font-size: 13px; }
nav a, a { color: var(--primary); text-decoration: none; }
a:hover { text-decoration: underline; }
.tag { display: inline-block; border-radius: 5px; padding: 1px 8px; font-size: 13px; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-bg); }
.bad { color: var(--bad); background: var(--bad-bg); }
.warn { color: var(--warn); background: var(--warn-bg); }
.calm { color: var(--calm); background: var(--calm-bg); }
.verdict { font-size: 15px; padding: 4px 12px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; background: var(--rule);
  border: 1px solid var(--rule); border-radius: 10px; overflow: hidden; margin: 18px 0 0; }
.figure { background: var(--panel); padding: 12px 16px; }
.figure b { display: block; font-size: 21px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figure span { font-size: 13px; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
th, td { padding: 7px 12px 7px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.number + td, th.number + th { padding-left: 16px; }
.keep { white-space: nowrap; }
ul, ol { margin: 0 0 8px; padding-left: 20px; }
details:first-of-type { margin-top: 14px; }
details { border-top: 1px solid var(--rule); padding: 8px 0; }
details > summary { cursor: pointer; font-weight: 600; font-size: 14px; }
details[open] > summary { margin-bottom: 8px; }
pre { margin: 0; padding: 12px; background: var(--calm-bg); border-radius: 8px; overflow-x: auto; font-size: 13px; line-height: 1.45; }
.map { width: 100%; height: auto; display: block; border-radius: 8px; background: var(--sea); }
.map .land { fill: var(--land); }
.map .flow { fill: none; stroke: var(--soft); stroke-width: 1; opacity: 0.75; }
.map .flow.missed { stroke: var(--bad); opacity: 1; }
.map .sync { fill: none; stroke: var(--primary); stroke-width: 2; stroke-dasharray: 6 4; }
.map .place { fill: var(--panel); stroke: var(--soft); stroke-width: 1.5; }
.map .place.missed { stroke: var(--bad); }
.map .region { stroke: var(--panel); stroke-width: 2; r: 11px; }
.map .mark { fill: var(--panel); font-weight: 700; font-size: 13px; text-anchor: middle; }
.map .label { fill: var(--ink); font-size: 14px; font-weight: 600; paint-order: stroke; stroke: var(--sea); stroke-width: 4px; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--soft); margin: 8px 0 14px; }
.line { display: inline-block; width: 22px; margin-right: 6px; vertical-align: middle; border-top: 2px solid var(--soft); }
.dot { display: inline-block; min-width: 20px; height: 20px; line-height: 20px; border-radius: 10px; text-align: center; color: var(--panel); font-size: 12px; font-weight: 700; }
.diagram svg { max-width: 100%; height: auto; --bg: var(--panel); --fg: var(--ink);
  --_text: var(--fg); --_text-sec: var(--soft); --_text-muted: var(--soft); --_text-faint: var(--soft);
  --_line: var(--soft); --_arrow: var(--ink); --_node-fill: var(--page); --_node-stroke: var(--soft);
  --_group-fill: var(--panel); --_group-hdr: var(--calm-bg); --_inner-stroke: var(--rule); --_key-badge: var(--calm-bg); }
.diagram svg text { font-family: system-ui, sans-serif; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 8px 14px; align-items: center; font-size: 14px; }
.bars + table { margin-top: 14px; }
.track { position: relative; height: 16px; background: var(--calm-bg); border-radius: 4px; overflow: hidden; }
.fill { position: absolute; top: 0; bottom: 0; border-radius: 3px; background: var(--primary); }
.fill.passed { background: var(--good); } .fill.failed { background: var(--bad); } .fill.skipped { background: var(--calm); }
.limit { position: absolute; top: 0; bottom: 0; width: 2px; background: var(--ink); }
.phases { display: flex; gap: 2px; height: 30px; border-radius: 6px; overflow: hidden; margin: 10px 0 8px; }
.phases > i { display: block; min-width: 3px; }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.detect { background: var(--detect); } .decide { background: var(--decide); } .fence { background: var(--fence); }
.promote { background: var(--promote); } .shift { background: var(--shift); } .verify { background: var(--verify); }
.create { color: var(--good); } .change { color: var(--warn); } .delete, .replace { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; font-size: 14px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
footer { max-width: 1080px; margin: 0 auto; padding: 8px 20px 40px; color: var(--soft); font-size: 13px; }
@media (max-width: 640px) {
  body { font-size: 16px; }
  main, header.top { padding-left: 12px; padding-right: 12px; }
  section { padding: 16px 14px; }
  .map .label { display: none; }
  .map .region { r: 24px; } .map .mark { font-size: 28px; } .map .place { r: 9px; stroke-width: 3px; }
  .map .flow { stroke-width: 2; } .map .sync { stroke-width: 4; }
  .bars { grid-template-columns: 1fr max-content; grid-auto-flow: dense; gap: 2px 14px; } .bars .track { grid-column: 1 / -1; margin-bottom: 8px; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; }
  table.stack thead { display: none; }
  table.stack tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--rule); }
  table.stack td { display: block; border: 0; padding: 2px 0; text-align: left; }
  table.stack td[data-label]:not(:empty)::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print {
  body { background: #fff; } section { break-inside: avoid; border-color: #bbb; } nav { display: none; }
}
`;
