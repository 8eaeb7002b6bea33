"""Colours and layout of the page, for light and dark screens and for print."""

from __future__ import annotations

from annotator.core.schema import LABEL_COLOURS

_COLOUR_CODES = {
    "blue": "#3b7dd8",
    "green": "#2f9e44",
    "orange": "#e8730c",
    "pink": "#d6409f",
    "red": "#d64545",
    "lime": "#7fa31a",
    "cyan": "#1397b3",
    "mauve": "#9a6bc9",
    "indigo": "#5b5bd6",
    "violet": "#7c4dff",
    "sand": "#a98b4f",
    "teal": "#12907a",
}
PART_CLASSES = {"train": "p1", "dev": "p2", "test": "p3"}
"""The class of each part."""

_LABEL_STYLES = "".join(
    f".c{n}{{border-color:{_COLOUR_CODES[name]};fill:{_COLOUR_CODES[name]}}}" for n, name in enumerate(LABEL_COLOURS, 1)
)
PAGE_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h2{border-bottom:1px solid #8886;margin-top:2.5rem}"
    "table{border-collapse:collapse;margin:.5rem 0;display:block;overflow-x:auto}"
    "th,td{text-align:left;padding:.15rem .8rem .15rem 0;border-bottom:1px solid #8884;vertical-align:top}"
    "th{font-weight:600}td.n{text-align:right}"
    "svg{display:block;margin:.5rem 0;max-width:100%;height:auto}"
    "svg text{font:11px system-ui,sans-serif;fill:currentColor}"
    ".plots{display:flex;flex-wrap:wrap;gap:1rem 2rem}"
    ".x{line-height:2.6;margin:.6rem 0 0;overflow-wrap:anywhere}.of{opacity:.7;font-size:.85rem;margin:0}"
    ".s{border-bottom:3px solid #888}.s sub{font-size:.6rem;letter-spacing:.03em;opacity:.8;margin:0 .15em}"
    ".key{border-left:.9em solid #888;padding-left:.4em;margin-right:1em}"
    ".p1{fill:#3b7dd8;border-color:#3b7dd8}.p2{fill:#e8730c;border-color:#e8730c}"
    ".p3{fill:#7c4dff;border-color:#7c4dff}" + _LABEL_STYLES + "@media print{"
    "body{max-width:none;margin:0;print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "h2,h3{break-after:avoid}tr,svg,.x{break-inside:avoid}.x{break-after:avoid}}"
)
