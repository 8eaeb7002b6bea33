"""The tables of versions and the changelog are those of the program."""

from __future__ import annotations

import re

from annotator import plugins
from annotator._version import __version__
from annotator.storage.codec import JOURNAL_FORMAT
from annotator.storage.corpus_layout import CORPUS_FORMAT
from annotator.storage.migrations import MIGRATIONS_FORMAT
from annotator.storage.splits_file import SPLITS_FORMAT
from tests.scripts.make_docs import MANUAL
from tests.scripts.make_sample import ROOT

PAGE = (MANUAL / "versions.md").read_text(encoding="utf-8")


def test_the_last_row_is_this_version_with_its_formats() -> None:
    """A new version or a new format needs a row in ``manual/versions.md``; before its release it has no number."""
    rows = re.findall(r"^\| (unreleased|\d+\.\d+\.\d+) \| [\d–-]+ \| (.*) \|$", PAGE, re.MULTILINE)
    version, formats = rows[-1]
    version = __version__ if version == "unreleased" else version
    of_now = (CORPUS_FORMAT, JOURNAL_FORMAT, f"{SPLITS_FORMAT}, {MIGRATIONS_FORMAT}", plugins.api)
    assert (version, formats) == (__version__, " | ".join(map(str, of_now)))


def test_each_change_of_a_stored_format_has_a_fixture() -> None:
    """What the table of changes names is there, so that a test can open it."""
    fixtures = re.findall(r"^\|[^|]*\|[^|]*\| `([^`]+)` \|$", PAGE, re.MULTILINE)
    assert fixtures
    assert all((ROOT / f).is_dir() for f in fixtures)


def test_the_changelog_begins_with_this_version() -> None:
    """Each section has a version and a date, but for what is not released; the newest is that of the program."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    titles = re.findall(r"^## (?!Unreleased$)(.*)$", changelog, re.MULTILINE)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", t) for t in titles)
    assert titles[0].startswith(f"{__version__} - ")
