"""style: how a report looks on a screen, on a phone, in the dark and on paper."""

from __future__ import annotations

STYLE = """
:root { --ink: #1b1f24; --paper: #ffffff; --line: #c9ced6; --soft: #5b6470;
        --bar: #2f6f9f; --mark: #b3261e; --tint: #eef3f8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --paper: #14171b; --line: #3d444d; --soft: #a5aeb9;
          --bar: #6aa9d8; --mark: #ff8a80; --tint: #1f252c; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem 1rem 3rem; background: var(--paper); color: var(--ink);
       font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem;
     border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
p { margin: .4rem 0; }
.soft, caption { color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
           gap: .6rem; margin: 1rem 0; padding: 0; }
.figures div { background: var(--tint); border-radius: .5rem; padding: .6rem .8rem; }
.figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: .5rem 0; }
caption { text-align: left; font-size: .9rem; padding-bottom: .3rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, .words { text-align: left; }
tbody th { font-weight: 600; overflow-wrap: anywhere; min-width: 7rem; }
td.words { min-width: 12rem; overflow-wrap: anywhere; }
td.share { min-width: 6rem; }
.bar { display: block; height: .7rem; border-radius: .2rem; background: var(--bar); margin-top: .4rem; }
.bar.minus { background: var(--mark); }
figure { margin: .6rem 0; }
figure svg { width: 100%; height: auto; max-height: 26rem; }
.side { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr));
        gap: 1rem; align-items: start; }
.warn { border-left: .3rem solid var(--mark); padding: .3rem .8rem; background: var(--tint); }
code { font-size: .85em; overflow-wrap: anywhere; }
@media print {
  :root { --ink: #000; --paper: #fff; --line: #bbb; --soft: #444; --tint: #f4f4f4;
          --bar: #2f6f9f; --mark: #b3261e; }
  body { max-width: none; padding: 0; font-size: 11px; }
  h2, tr, figure { break-inside: avoid; } h2 { break-after: avoid; }
  .wide { overflow: visible; }
}
"""
