"""The word lists of English: what the files hold, and that the rules use all of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import annotator
from annotator.language import english

PACKAGE = Path(annotator.__file__).parent
SECTIONS = sorted(english._sections())
INCLUDED = {entry[1:] for _, entries in english._sections().values() for entry in entries if entry[0] == "@"}


def used_names() -> set[str]:
    """Return the lists that the code of the package names: `en.NAME`, `en.scores("NAME")`."""
    names = {"IRREGULAR_VERBS"}
    for path in PACKAGE.rglob("*.py"):
        if "import english as en" in (text := path.read_text(encoding="utf-8")):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    names |= {node.attr} if node.value.id == "en" and node.attr.isupper() else set()
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("en.table", "en.scores"):
                    names |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return names


def test_rules_and_files_name_the_same_lists() -> None:
    """Each list that a rule names is a section, and each section is used by a rule or another section."""
    assert used_names() - set(SECTIONS) == set()
    assert set(SECTIONS) - used_names() - INCLUDED == set()


@pytest.mark.parametrize("name", SECTIONS)
def test_each_entry_is_one_folded_word_or_phrase(name: str) -> None:
    """An entry is in small letters with straight apostrophes and single blanks, and once in its list."""
    entries = english._sections()[name][1]
    firsts = [line.partition("\t")[0] for line in entries]
    assert len(set(entries)) == len(entries)
    for entry in (first for first in firsts if first[0] != "@"):
        assert entry == " ".join(entry.lower().replace("’", "'").split())


def test_each_file_is_read() -> None:
    """No file of word lists is forgotten, and no name is a section in two files."""
    files = sorted((PACKAGE / "language" / "en").iterdir())
    assert [path.name for path in files] == sorted(f"{name}.txt" for name in english._FILES)
    headers = [line for path in files for line in path.read_text("utf-8").split("\n") if line[:1] == "["]
    assert len(headers) == len(set(headers)) == len(SECTIONS)


@pytest.mark.parametrize("name", ["NUMBER_RULE_SCORES", "BOUNDARY_SCORES", "CLAIM_RULE_SCORES"])
def test_scores_are_shares(name: str) -> None:
    """Each measured score is between 0 and 1."""
    assert all(0 < share < 1 for share in english.scores(name).values())


@pytest.mark.parametrize("name", ["PERSON_WEIGHTS", "PLACE_WEIGHTS"])
def test_no_weight_decides_alone(name: str) -> None:
    """The weights of a ridge fit stay small."""
    assert all(abs(weight) < 6 for weight in english.scores(name).values())


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("say", "say says said saying"),
        ("agree", "agree agrees agreed agreeing"),
        ("argue", "argue argues argued arguing"),
        ("deny", "deny denies denied denying"),
        ("press", "press presses pressed pressing"),
        ("claim", "claim claims claimed claiming"),
    ],
)
def test_verbs_are_listed_by_their_bare_form(verb: str, forms: str) -> None:
    """The forms of a verb follow from its ending, or from the list of irregular verbs."""
    assert english._verb_forms(verb) == forms.split()


def test_an_unknown_list_is_an_attribute_error() -> None:
    """A name that is no section is an attribute error, as with any module."""
    with pytest.raises(AttributeError, match="NO_SUCH_LIST"):
        english.NO_SUCH_LIST  # noqa: B018
