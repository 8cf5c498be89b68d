/** How the page looks: in light, in the dark, and on paper. */
export const pageStyle = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--text:#1b1f24;--quiet:#57606a;--line:#d5dae0;--head:#eef1f4;
--short:#b42318;--image:#9a4b00;--filled:#0b5fa5;--passes:#1a7337;--short-soft:#fdecea;--image-soft:#fdf0e0;
--filled-soft:#e5f1fb;--passes-soft:#e6f4ea;--code:#f0f2f5;--calm:#8fcfa3}
@media (prefers-color-scheme:dark){:root{--page:#0f1318;--card:#171c23;--text:#e6eaef;--quiet:#9aa5b1;--line:#2e3742;
--head:#1f2630;--short:#ff8f85;--image:#f2ab5c;--filled:#6fb6f2;--passes:#66c780;--short-soft:#3a1a18;--image-soft:#35240f;
--filled-soft:#10283d;--passes-soft:#12301c;--code:#0f1318;--calm:#2f6b40}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .35rem}
h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
p{margin:.35rem 0}
.quiet{color:var(--quiet)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;margin:1.25rem 0}
.tile{background:var(--card);border:1px solid var(--line);border-left:.3rem solid;border-radius:.4rem;padding:.7rem 1rem}
.tile b{display:block;font-size:1.9rem;line-height:1.1;font-variant-numeric:tabular-nums}
.short{color:var(--short)}.image{color:var(--image)}.filled{color:var(--filled)}.passes{color:var(--passes)}
.tile span{color:var(--text)}
.tile.short{border-left-color:var(--short)}.tile.filled{border-left-color:var(--filled)}
.tile.passes{border-left-color:var(--passes)}.tile.none{border-left-color:var(--quiet)}
.badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;font-size:.85rem;font-weight:600;white-space:nowrap}
.badge.short{background:var(--short-soft)}.badge.image{background:var(--image-soft)}
.badge.filled{background:var(--filled-soft)}.badge.passes{background:var(--passes-soft)}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:.5rem 0 1rem;padding:0;list-style:none;font-size:.9rem}
.key li{color:var(--quiet)}
.key i.passes{color:var(--calm)}
.key i{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;background:currentColor;vertical-align:-.08rem;margin-right:.35rem}
svg.bar{display:block;width:100%;height:.85rem;border-radius:.2rem;background:var(--head)}
svg .short{fill:var(--short)}svg .image{fill:var(--image)}svg .filled{fill:var(--filled)}svg .passes{fill:var(--calm)}
svg rect{stroke:var(--card);stroke-width:2px;vector-effect:non-scaling-stroke}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.4rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;padding:.6rem .75rem 0;color:var(--quiet)}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{background:var(--head);font-size:.85rem;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
td.wide{width:34%;min-width:9rem}
td.wide svg{margin-top:.3rem}
tbody th{font-weight:600;min-width:8.5rem;overflow-wrap:anywhere}
a{color:var(--filled)}
details{background:var(--card);border:1px solid var(--line);border-radius:.4rem;margin:.6rem 0}
summary{cursor:pointer;padding:.6rem .9rem;display:flex;flex-wrap:wrap;gap:.15rem .7rem;align-items:baseline}
summary::before{content:"\\25B8";color:var(--quiet);width:.8em}
details[open]>summary::before{content:"\\25BE"}
summary::-webkit-details-marker{display:none}
summary strong{font-size:1.02rem;overflow-wrap:anywhere}
summary .quiet{flex-basis:100%;padding-left:1.5rem}
.inside{padding:0 .9rem .9rem}
.inside>ul{margin:.3rem 0 .6rem;padding-left:1.2rem}
td ul{margin:0;padding-left:1rem}
td li{overflow-wrap:anywhere}
code,pre{font:.88em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--code);border:1px solid var(--line);border-radius:.4rem;padding:.65rem .8rem;margin:.5rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere}
.tools{display:flex;flex-wrap:wrap;gap:.6rem;margin:.5rem 0}
input,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--quiet);border-radius:.4rem;padding:.3rem .7rem}
input{min-width:0;flex:1 1 12rem;max-width:22rem}
input::placeholder{color:var(--quiet);opacity:1}
button{cursor:pointer}
:focus-visible{outline:3px solid var(--filled);outline-offset:2px}
[hidden]{display:none!important}
footer{padding-bottom:3rem;margin-top:2rem;color:var(--quiet);font-size:.9rem}
@media (max-width:44rem){td.wide{min-width:5rem}th,td{padding:.4rem .5rem}h1{font-size:1.35rem}thead th{white-space:normal}
.workloads thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.workloads tr{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .6rem;padding:.45rem .6rem;border-bottom:1px solid var(--line)}
.workloads tbody tr:last-child{border-bottom:0}.workloads tbody tr>*{border:0;padding:.1rem 0}
.workloads tbody th,.workloads td:last-child{flex-basis:100%}.workloads td.number::after{content:" \\00D7"}}
@media print{:root{--page:#fff;--card:#fff;--text:#000;--quiet:#444;--line:#bbb;--head:#eee;--code:#f6f6f6;
--short:#b42318;--image:#9a4b00;--filled:#0b5fa5;--passes:#1a7337;--calm:#8fcfa3;--short-soft:#fff;--image-soft:#fff;--filled-soft:#fff;--passes-soft:#fff}
body{font-size:10.5pt;background:#fff}main,header,footer{max-width:none;padding:0}.tools{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
details::details-content{content-visibility:visible;height:auto}
summary{break-after:avoid}tr,.tile,pre{break-inside:avoid}.scroll{overflow:visible}a{color:inherit;text-decoration:none}
.badge{border:1px solid}}
`.trim();

/** What helps to find one's way; without it, all is there and can be opened. Printing shows what is closed, too. */
export const pageScript = `
(() => {
  const details = [...document.querySelectorAll('details')];
  const tools = document.querySelector('.tools');
  const search = document.querySelector('input');
  const rows = [...document.querySelectorAll('[data-namespace]')];
  tools.hidden = false;
  search.addEventListener('input', () => {
    const text = search.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.dataset.namespace.includes(text);
  });
  document.querySelector('#open').addEventListener('click', () => { for (const one of details) one.open = true; });
  document.querySelector('#close').addEventListener('click', () => { for (const one of details) one.open = false; });
  const show = () => { const one = document.getElementById(location.hash.slice(1)); if (one) one.open = true; };
  addEventListener('hashchange', show);
  show();
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = details.filter((one) => !one.open);
    for (const one of closed) one.open = true;
  });
  addEventListener('afterprint', () => { for (const one of closed) one.open = false; });
})();
`.trim();
