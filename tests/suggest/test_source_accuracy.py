"""What is learned of the sources: how often each kind of suggestion was right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.spans import Span
from annotator.core.suggestion import mark_source_modified
from annotator.suggest.source_accuracy import SourceAccuracy, VerdictCounts
from tests.suggest.suggest_helpers import sentence, spans, suggestion

S = sentence("Ada Pell left Norhaven for Port Amery.")
PELL = suggestion(S, "Ada Pell", "PERSON", 0.5, kind="title")
PLACES = [suggestion(S, x, "VENUE", 0.5, "m", "GPE") for x in ("Norhaven", "Port Amery")]


def test_taken_changed_and_rejected_are_reported_by_the_spans() -> None:
    """The journal alone says what became of each suggestion; one's own spans say nothing."""
    (pell,) = spans(S, ("Ada Pell", "PERSON"), source="rules/title")
    (place,) = spans(S, ("Norhaven", "VENUE"), source=mark_source_modified("history/repeat+m/GPE"))
    own = spans(S, ("Pell", "PERSON"))
    down = spans(S, ("Port Amery", "VENUE"), source="m/GPE")
    track = SourceAccuracy()
    annotation = Annotation((pell, place, *own), rejected=tuple(down))
    track.add(AnnotatedSentence(S, annotation))
    assert not track.counts_by_key, "a sentence counts when it is accepted"
    track.add(AnnotatedSentence(S, annotation.with_answer(Answer.ACCEPT)))
    assert track.counts_by_key == {
        ("rules", "PERSON", "title"): VerdictCounts(taken=1),
        ("history", "VENUE", "repeat"): VerdictCounts(changed=1),
        ("m", "VENUE", "GPE"): VerdictCounts(changed=1, rejected=1),
    }


def test_what_an_accepted_sentence_lacks_was_passed_over() -> None:
    """Offered and not in the annotation counts against a source, marked by hand counts for it, once."""
    by_hand = spans(S, ("Norhaven", "VENUE"))
    taken = spans(S, ("Ada Pell", "PERSON"), source="rules/title")
    annotation = Annotation().with_spans([*by_hand, *taken])
    track = SourceAccuracy()
    track.add(AnnotatedSentence(S, annotation), [PELL, *PLACES])
    assert ("m", "VENUE", "GPE") not in track.counts_by_key
    track.remove(AnnotatedSentence(S, annotation))
    track.add(AnnotatedSentence(S, annotation.with_answer(Answer.ACCEPT)), [PELL, *PLACES])
    assert track.counts_by_key[("m", "VENUE", "GPE")] == VerdictCounts(taken=1, passed=1)
    assert track.counts_by_key[("rules", "PERSON", "title")] == VerdictCounts(taken=1)


def test_the_share_moves_from_the_score_to_what_was_seen() -> None:
    """With nothing seen the score stands; refusals lower it, more of them further, kin kinds a little."""
    track = SourceAccuracy()
    place = PLACES[0]
    kin = suggestion(S, "Norhaven", "VENUE", 0.5, "m", "FAC")
    shares = [track.accuracy(place)]
    for n in range(30):
        s = sentence("Norhaven agreed.", n * 20)
        track.add(AnnotatedSentence(s, Annotation((), Answer.ACCEPT, (Span(0, 8, "VENUE", "m/GPE"),))))
        shares.append(track.accuracy(place))
    assert shares[0] == place.score
    assert shares == sorted(shares, reverse=True)
    assert shares[30] < 0.1 < track.accuracy(kin) < kin.score
    assert track.accuracy(PELL) == PELL.score


_SPANS = st.lists(
    st.builds(Span, st.integers(0, 3), st.integers(4, 9), st.just("VENUE"), st.sampled_from(["", "m/GPE", "m~"])),
    max_size=3,
)


@given(st.lists(st.tuples(_SPANS, _SPANS, st.booleans()), max_size=5))
def test_taking_out_undoes_taking_in(annotation: list[tuple[list[Span], list[Span], bool]]) -> None:
    """After any works came and went, every tally is zero and every share the score."""
    track = SourceAccuracy()
    annotated_sentences = [
        AnnotatedSentence(
            sentence("Norhaven agreed.", n * 20),
            Annotation(answer=Answer.ACCEPT if done else None).with_spans(a).with_rejected(b),
        )
        for n, (a, b, done) in enumerate(annotation)
    ]
    for w in annotated_sentences:
        track.add(w, PLACES)
    for w in annotated_sentences:
        track.remove(w)
    assert all(t.total == 0 for t in track.counts_by_key.values())
    assert track.accuracy(PLACES[0]) == PLACES[0].score
