"""Put the key table into README.md: ``python -m tests.scripts.make_readme``."""

from __future__ import annotations

from annotator.session.commands import key_table
from tests.scripts.make_sample import ROOT

README = ROOT / "README.md"
START, END = "<!-- keys: made by `python -m tests.scripts.make_readme` -->\n", "<!-- /keys -->"


def with_keys(text: str) -> str:
    """Return the README's text with the key table of the registry in its place."""
    before, rest = text.split(START)
    _, after = rest.split(END)
    return f"{before}{START}{key_table()}\n{END}{after}"


def main() -> None:
    """Write the README anew."""
    README.write_text(with_keys(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
