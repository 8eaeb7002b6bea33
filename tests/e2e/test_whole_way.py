"""Two news pages in, keys in a real terminal, kill -9 on the way, a DocBin out with the same spans."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from annotator.storage.corpus import Corpus
from tests.e2e.painted import painted_spans, place
from tests.e2e.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
Painted = dict[tuple[str, int], list[tuple[str, str]]]


def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the command line."""
    command = [sys.executable, "-m", "annotator", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Both seeds where they are there, else two pages of the sample."""
    pages = sorted(SEEDS.glob("*.txt")) or sorted((ROOT / "corpus" / "sources").glob("0[12]*.txt"))
    done = run("ingest", *pages, "--corpus", tmp_path / "news")
    assert done.returncode == 0, done.stderr
    return Corpus.open(tmp_path / "news")


class Annotator:
    """A person at the terminal who labels what is offered and now and then chooses by hint."""

    def __init__(self, corpus: Corpus, home: Path) -> None:
        self.corpus = corpus
        self.home = home
        self.painted: Painted = {}
        self.kills = 0
        self.start()

    def start(self) -> None:
        """Open the corpus."""
        self.terminal = Terminal(str(self.corpus.path), "--as", "ana", home=self.home)
        self.terminal.wait_for("article ")
        self.terminal.settle()

    def note(self) -> None:
        """Write down what is painted as saved."""
        rows = self.terminal.rows
        self.painted[(rows[0].split("  ")[0].strip(), place(rows)[0])] = painted_spans(
            rows, self.corpus.schema
        )

    def kill(self) -> None:
        """Kill the program with -9, start it again, and find what was painted as saved."""
        self.note()
        before = dict(self.painted)
        here = place(self.terminal.rows)
        self.terminal.kill()
        self.kills += 1
        self.start()
        assert place(self.terminal.rows) == here
        self.note()
        assert self.painted == before

    def sentence(self, turn: int) -> None:
        """Annotate one sentence, in a different way at each turn."""
        t = self.terminal
        label = "asdf"[turn % 4]
        if turn % 3 == 0:
            t.act("Tab", label)
        elif turn % 3 == 1:
            t.act(";", self.letters()[0], "." if turn % 2 else "Space", label)
        else:
            t.act("Right", ".", ".", "d", ";", self.letters()[-1], "a")
        if turn % 5 == 0 and painted_spans(t.rows, self.corpus.schema):
            t.act("^Z", "^Y")
        if turn % 6 == 0:
            t.act("Space", "Space", "f")
        self.note()

    def letters(self) -> list[str]:
        """Return the one-letter hints that are painted, from left to right."""
        hints = next(r for r in self.terminal.rows if r.startswith("▌"))
        return [w for w in hints[1:115].split() if len(w) == 1] or ["j"]


def exported(out: Path) -> dict[str, list[tuple[str, str]]]:
    """Return (label, text) of each span of the DocBins in a folder, by sentence id."""
    import spacy
    from spacy.tokens import DocBin

    vocab = spacy.blank("en").vocab
    found = defaultdict(list)
    for part in ("train", "dev", "test"):
        for doc in DocBin().from_disk(out / f"{part}.spacy").get_docs(vocab):
            key = doc.user_data["annotator"]["sentence"]
            found[key] = sorted((s.label_, " ".join(s.text.split())) for s in doc.spans["sc"])
    return found


def annotate(corpus: Corpus, home: Path, most: int, kill_at: set[int]) -> Annotator:
    """Annotate up to ``most`` sentences by keys alone, killing the program at some of them."""
    ana = Annotator(corpus, home)
    for turn in range(most):
        ana.sentence(turn)
        if turn in kill_at:
            ana.kill()
        before = ana.terminal.rows[0]
        ana.terminal.act("Enter")
        if ana.terminal.rows[0] == before:
            assert "every sentence is done" in ana.terminal.text
            break
    assert ana.terminal.quit() == 0
    return ana


def check_export(ana: Annotator, corpus: Corpus, out: Path) -> int:
    """Export and hold every span against what was last painted as saved; return how many there are."""
    done = run("export", corpus.path, out, "--json")
    assert done.returncode == 0, done.stderr
    spans = exported(out)
    titles = {corpus.article(a).title[:30]: a for a in corpus.article_ids()}
    by_place = {}
    for article in titles.values():
        for n, s in enumerate(corpus.active_sentences(corpus.article(article)), 1):
            by_place[article, n] = s.id
    painted = {}
    for (title, n), marks in ana.painted.items():
        article = next(a for t, a in titles.items() if t.startswith(title[:20]))
        painted[by_place[article, n]] = marks
    assert {k: v for k, v in spans.items() if v} == {k: v for k, v in painted.items() if v}
    assert set(spans) == set(painted)
    return sum(map(len, spans.values()))


def test_annotate_kill_export(corpus: Corpus, tmp_path: Path) -> None:
    """What was painted as saved survives kill -9 twice and is what the DocBins hold, span for span."""
    ana = annotate(corpus, tmp_path / "home", 8, {2, 5})
    assert ana.kills == 2
    assert check_export(ana, corpus, tmp_path / "out") >= 8


@pytest.mark.slow
def test_annotate_both_pages_to_the_last_sentence(corpus: Corpus, tmp_path: Path) -> None:
    """Both pages are annotated to the last sentence by keys alone, with two kills, and nothing is lost."""
    total = sum(len(corpus.active_sentences(corpus.article(a))) for a in corpus.article_ids())
    ana = annotate(corpus, tmp_path / "home", total + 1, {total // 3, 2 * total // 3})
    assert len(ana.painted) == total
    spans = check_export(ana, corpus, tmp_path / "out")
    print(f"{total} sentences, {spans} spans, {ana.kills} kills")
