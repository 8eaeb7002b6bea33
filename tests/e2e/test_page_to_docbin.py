"""Two news pages in, keys in a real terminal, kill -9 on the way, a DocBin out with the same spans."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from annotator.core.article import Sentence
from annotator.storage.corpus_folder import CorpusFolder
from tests.benchmarks.saved import last_answers
from tests.e2e.screen_reader import painted_spans, place, sentences
from tests.e2e.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
Painted = dict[tuple[str, int], list[tuple[str, str]]]


def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the command line."""
    command = [sys.executable, "-m", "annotator", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    """Both seeds where they are there, else two pages of the sample."""
    pages = sorted(SEEDS.glob("*.txt")) or sorted((ROOT / "corpus" / "sources").glob("0[12]*.txt"))
    done = run("ingest", *pages, "--corpus", tmp_path / "news")
    assert done.returncode == 0, done.stderr
    return CorpusFolder.open(tmp_path / "news")


class Annotator:
    """A person at the terminal who takes what is suggested and now and then chooses by hint."""

    def __init__(self, corpus: CorpusFolder, home: Path, rows: int = 48, columns: int = 160) -> None:
        self.corpus = corpus
        self.home = home
        self.size = rows, columns
        self.painted: Painted = {}
        self.kills = 0
        self.stars = self.taken = 0
        self.articles = {a: corpus.article(a).title for a in corpus.article_ids()}
        self.texts = {a: self._sentences(a) for a in self.articles}
        self.start()

    def _sentences(self, article: str) -> list[Sentence]:
        return list(self.corpus.active_sentences(self.corpus.article(article)))

    def start(self) -> None:
        """Open the corpus."""
        rows, columns = self.size
        self.terminal = Terminal(str(self.corpus.path), "--as", "ana", home=self.home, rows=rows, columns=columns)
        self.terminal.wait_for("article ")
        self.terminal.settle()

    @property
    def article(self) -> str:
        """The article whose title stands at the top."""
        shown = self.terminal.rows[0].split("  ")[0].strip().rstrip("…")
        return next(a for a, title in self.articles.items() if title.startswith(shown))

    def note(self) -> None:
        """Write down what is painted as saved."""
        article, n = self.article, place(self.terminal.rows)[0]
        text = self.texts[article][n - 1].text
        self.painted[article, n] = painted_spans(self.terminal, self.corpus.schema, text)

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
        """Annotate one sentence, in a different way at each turn; what is taken may be in a later one."""
        t = self.terminal
        label = "asdf"[turn % 3]
        if turn % 4 == 0:
            t.act("Tab", label)
        elif turn % 4 == 1:
            t.act(";", self.letters()[0], "." if turn % 8 == 1 else "Space", label)
        elif turn % 4 == 2:
            t.act("Right", ".", ".", "d", ";", self.letters()[-1], "a")
        else:
            t.act(";", label, label)
        if turn % 5 == 0 and self.marks():
            t.act("^Z", "^Y")
        if turn % 6 == 0:
            t.act("Space", "Space", "f")
        self.note()

    def marks(self) -> list[tuple[str, str]]:
        """Return what is painted in the active sentence."""
        self.note()
        return self.painted[self.article, place(self.terminal.rows)[0]]

    def letters(self) -> list[str]:
        """Return the one-letter hints that are painted, from left to right."""
        hints = next(r for r in self.terminal.rows if r.startswith("▌"))
        return [w for w in hints[1:115].split() if len(w) == 1] or ["j"]

    def accept_view(self) -> None:
        """Accept all in view, and hold what is saved then against what was painted before.

        Accepted are just the open sentences that were painted whole, with the spans that were painted.
        Whether lanes are cut off below the last row nobody can see; what is accepted of that must be right.
        """
        article, before = self.article, self.saved()
        texts = [s.text for s in self.texts[article]]
        seen = {s.number: s for s in sentences(self.terminal, self.corpus.schema, texts) if not s.answered}
        self.shot = self.terminal.text
        self.terminal.accept("*")
        now = {n: marks for n, marks in self.saved().items() if n not in before and n[0] == article}
        assert {n for _, n in now} <= set(seen), "a sentence was accepted that was not painted whole"
        assert {n for n, s in seen.items() if not s.cut} <= {n for _, n in now}, "one in view was left out"
        for (_, n), marks in now.items():
            assert marks == sorted([*seen[n].human, *seen[n].taken]), f"not as painted: sentence {n} of\n{self.shot}"
        self.painted |= now
        self.stars += len(now)
        self.taken += sum(len(seen[n].taken) for _, n in now)

    def saved(self) -> Painted:
        """Return the accepted sentences and their spans as the journal has them."""
        path = self.corpus.path / "annotations" / "ana.jsonl"
        reported = last_answers(path) if path.exists() else {}
        out = {}
        for article, each in self.texts.items():
            for n, s in enumerate(each, 1):
                answer, spans = reported.get((article, s.start, s.end), (None, []))
                if answer == "accept":
                    out[article, n] = sorted((label, " ".join(s.text[a:b].split())) for a, b, label in spans)
        return out


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


def annotate(corpus: CorpusFolder, home: Path, most: int, kill_at: set[int]) -> Annotator:
    """Annotate up to ``most`` sentences by keys alone, killing the program at some of them."""
    ana = Annotator(corpus, home)
    for turn in range(most):
        ana.sentence(turn)
        if turn in kill_at:
            ana.kill()
        before = ana.terminal.rows[0]
        if turn % 5 == 4:
            ana.accept_view()
        else:
            ana.terminal.accept("Enter")
        if ana.terminal.rows[0] == before:
            assert "every sentence is done" in ana.terminal.text
            break
    assert ana.terminal.quit() == 0
    return ana


def check_export(ana: Annotator, corpus: CorpusFolder, out: Path) -> int:
    """Export and hold every span against what was last painted as saved; return how many there are."""
    done = run("export", corpus.path, out, "--json")
    assert done.returncode == 0, done.stderr
    spans = exported(out)
    painted = {ana.texts[a][n - 1].id: marks for (a, n), marks in ana.painted.items()}
    assert {k: v for k, v in spans.items() if v} == {k: v for k, v in painted.items() if v}
    assert set(spans) == set(painted)
    return sum(map(len, spans.values()))


def test_annotate_kill_export(corpus: CorpusFolder, tmp_path: Path) -> None:
    """What was painted as saved survives kill -9 twice and is what the DocBins hold, span for span."""
    ana = annotate(corpus, tmp_path / "home", 8, {2, 5})
    assert ana.kills == 2
    assert ana.stars >= 2
    assert check_export(ana, corpus, tmp_path / "out") >= 7


@pytest.mark.slow
def test_annotate_both_pages_to_the_last_sentence(corpus: CorpusFolder, tmp_path: Path) -> None:
    """Both pages are annotated to the last sentence by keys alone, with two kills, and nothing is lost."""
    total = sum(len(corpus.active_sentences(corpus.article(a))) for a in corpus.article_ids())
    ana = annotate(corpus, tmp_path / "home", total + 1, {total // 3, 2 * total // 3})
    assert len(ana.painted) == total
    spans = check_export(ana, corpus, tmp_path / "out")
    print(f"{total} sentences, {spans} spans, {ana.kills} kills")
