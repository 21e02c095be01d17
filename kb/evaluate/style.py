"""How a report looks, by day and by night."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --quiet: #5f6672;
  --line: #d8dce2; --up: #1f7a4d; --down: #b3382c; --link: #0b57b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #15171a; --quiet: #9aa3af;
  --line: #343a42; --up: #4cc38a; --down: #f0796b; --link: #8ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
h3 { font-size: .85rem; margin: 0; color: var(--quiet); }
a { color: var(--link); } small { color: var(--quiet); font-weight: normal; }
table { border-collapse: collapse; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line);
  font-variant-numeric: tabular-nums; vertical-align: top; }
th { color: var(--quiet); font-weight: normal; }
.wide { overflow-x: auto; } table { overflow-wrap: break-word; }
th, td + td { white-space: nowrap; }
.plot { width: 100%; height: auto; } .plot text { fill: var(--quiet); font-size: 12px; }
.plot line { stroke: var(--line); } .up { fill: var(--up); } .down { fill: var(--down); }
details { border-top: 1px solid var(--line); padding: .6rem 0; }
summary { cursor: pointer; font-weight: 600; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem;
  margin-top: .5rem; }
ol, ul { margin: .3rem 0; padding-left: 1.6rem; }
.right::marker, .right a { color: var(--up); }
.right::after { content: " \\2713"; color: var(--up); }
@media print { details { break-inside: avoid; } }
"""
