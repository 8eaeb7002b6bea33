"""The desk: all sources behind one call, kept up to date edit by edit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.edits import apply_suggestions, reject_suggestion
from annotator.core.suggestion import Suggestion, left_suggestion, span_from_suggestion
from annotator.suggest.suggestion_service import SuggestionService
from tests.suggest.suggest_helpers import NEWS, sentence, spans, suggested_words, suggestion

TEXTS = ["Mayor Ilse Brekke met Norhaven’s painters.", "Later Brekke left.", "In Norhaven, Brekke slept."]
EVERY = [sentence(text, n * 100) for n, text in enumerate(TEXTS)]
WORKS = [AnnotatedSentence(s) for s in EVERY]


def by_a_model(s: Sentence) -> tuple[Suggestion, ...]:
    """Suggest that every haven is a place."""
    towns = [t.text for t in s.tokens if t.text.endswith("haven")]
    return tuple(suggestion(s, town, "VENUE", 0.3, "m", "GPE") for town in towns)


def new_service(*, rules: bool = False) -> SuggestionService:
    """Return a desk with a model's file; by default without rules, so that the test knows all of it."""
    return SuggestionService(NEWS, lambda _: ("\n".join(TEXTS), EVERY), {"m": by_a_model}, rules=rules)


def marked(annotated: AnnotatedSentence, words: str, label: str) -> AnnotatedSentence:
    """Return a work in which a person has marked some words."""
    s = suggestion(annotated.sentence, words, label, 1.0, "")
    return replace(
        annotated, annotation=annotated.annotation.with_spans([*annotated.annotation.spans, span_from_suggestion(s)])
    )


def test_marking_a_name_suggests_it_at_once_and_undo_takes_that_back() -> None:
    """A full name brings its surname in the other sentences of the article; nothing is left after undo."""
    d = new_service()
    done = marked(WORKS[0], "Ilse Brekke", "PERSON")
    d.update([WORKS[0]], [done])
    assert suggested_words(EVERY[1], d.suggestions(WORKS[1])) == [("PERSON", "Brekke")]
    d.update([done], [WORKS[0]])
    assert d.suggestions(WORKS[1]) == ()


def test_a_file_is_read_by_what_labels_take() -> None:
    """What was suggested before a label was renamed is suggested under its new name."""
    renamed = [replace(x, name="TOWN", takes=("VENUE",)) if x.name == "VENUE" else x for x in NEWS.labels]
    schema = replace(NEWS, labels=tuple(renamed))
    d = SuggestionService(schema, lambda _: ("\n".join(TEXTS), EVERY), {"m": by_a_model}, rules=False)
    assert suggested_words(EVERY[2], d.suggestions(WORKS[2])) == [("TOWN", "Norhaven")]


def test_rules_know_the_article() -> None:
    """The rules are asked with what the article tells, and merged with the other sources."""
    found = new_service(rules=True).suggestions(WORKS[2])
    (place,) = [s for s in found if s.label == "VENUE"]
    assert place.source == "m+rules"


def test_one_refusal_clears_the_article() -> None:
    """What was turned down in one sentence is gone from the others, and comes back with undo."""
    d = new_service()
    (first,) = d.suggestions(WORKS[0])
    done = reject_suggestion(WORKS[0], span_from_suggestion(first)).after[0]
    d.update([WORKS[0]], [done])
    assert d.suggestions(done) == d.suggestions(WORKS[2]) == ()
    d.update([done], [WORKS[0]])
    assert suggested_words(EVERY[2], d.suggestions(WORKS[2])) == [("VENUE", "Norhaven")]


def test_a_source_that_is_passed_over_falls() -> None:
    """Accepting sentences without a source's suggestions lowers it, taking them raises it."""
    one, other = new_service(), new_service()
    score = one.suggestions(WORKS[2])[0].score
    later = AnnotatedSentence(sentence(TEXTS[2], 900, "c"))
    for n in range(12):
        annotated = AnnotatedSentence(sentence(f"They saw {chr(65 + n)}orhaven.", 1000 + n * 20, f"b{n}"))
        (offer,) = one.suggestions(annotated)
        one.update([annotated], [apply_suggestions(annotated, [], NEWS, Answer.ACCEPT).after[0]])
        other.suggestions(annotated)
        other.update(
            [annotated], [apply_suggestions(annotated, [span_from_suggestion(offer)], NEWS, Answer.ACCEPT).after[0]]
        )
    assert one.suggestions(later)[0].score < score < other.suggestions(later)[0].score


def test_what_is_decided_in_a_sentence_says_nothing_of_its_other_words() -> None:
    """One place that was taken in a sentence raises those of other sentences, and none beside it."""
    d = new_service()
    two = AnnotatedSentence(sentence("Norhaven saw Ostehaven.", 500, "b"))
    accepted = apply_suggestions(two, [], NEWS, Answer.ACCEPT).after[0]
    d.update([two], [accepted])
    first, second = d.suggestions(accepted)
    taken = apply_suggestions(accepted, [span_from_suggestion(first)], NEWS, Answer.ACCEPT).after[0]
    elsewhere = d.suggestions(WORKS[2])[0].score
    d.update([accepted], [taken])
    assert d.suggestions(taken) == (second,)
    assert d.suggestions(WORKS[2])[0].score > elsewhere


def test_the_journal_teaches_what_the_session_taught() -> None:
    """Files are judged again at the next start: the sentences accepted before count as before."""
    live, later = new_service(), new_service()
    annotated_sentences = [AnnotatedSentence(sentence("They saw Norhaven.", n * 20, f"b{n}")) for n in range(5)]
    done = [replace(w, annotation=Annotation(answer=Answer.ACCEPT)) for w in annotated_sentences]
    for w, d in zip(annotated_sentences, done, strict=True):
        live.suggestions(w)
        live.update([w], [d])
    later.update((), done)
    assert live.accuracy.counts_by_key == later.accuracy.counts_by_key
    assert live.suggestions(WORKS[2]) == later.suggestions(WORKS[2])


def test_history_does_not_praise_itself() -> None:
    """What a person marked by hand in a sentence is no success of the history there."""
    d = new_service()
    d.suggestions(WORKS[1])
    done = marked(WORKS[1], "Brekke", "PERSON")
    d.update([WORKS[1]], [done])
    d.suggestions(done)
    accepted = replace(done, annotation=done.annotation.with_answer(Answer.ACCEPT))
    d.update([done], [accepted])
    d.suggestions(accepted)
    d.update([accepted], [accepted])
    assert not [key for key in d.accuracy.counts_by_key if key[0] == "history"]


def test_nothing_is_worked_out_twice() -> None:
    """Sources are asked once a sentence while nothing changes, and files once for good."""
    asked: list[Sentence] = []

    def counting(s: Sentence) -> tuple[Suggestion, ...]:
        asked.append(s)
        return by_a_model(s)

    d = SuggestionService(NEWS, lambda _: ("", EVERY), {"m": counting}, rules=False)
    assert d.suggestions(WORKS[0]) is d.suggestions(WORKS[0])
    d.update([WORKS[1]], [marked(WORKS[1], "Brekke", "PERSON")])
    d.suggestions(WORKS[0])
    assert asked == [EVERY[0]]
    d.invalidate_article("a1")
    d.suggestions(WORKS[0])
    assert asked == [EVERY[0]] * 2


def test_what_waits_is_learned_bit_by_bit_and_at_once_where_it_is_needed() -> None:
    """The article in hand is known from the first look, the others follow; in the end it is as if at once."""
    done = [marked(AnnotatedSentence(sentence(TEXTS[0], 0, f"b{n}")), "Ilse Brekke", "PERSON") for n in range(5)]
    annotated_sentences = [marked(WORKS[0], "Norhaven", "VENUE"), *done]
    slowly, at_once = new_service(), new_service()
    at_once.update((), annotated_sentences)
    slowly.queue_annotations(annotated_sentences)
    assert [s.source for s in slowly.suggestions(WORKS[2])] == ["history+m"]
    assert slowly.history.suggest(sentence("Ilse Brekke slept.", 0, "c")) == ()
    rounds = 0
    while slowly.learn(2):
        rounds += 1
    assert rounds == 3
    assert slowly.suggestions(WORKS[2]) == at_once.suggestions(WORKS[2])
    assert slowly.accuracy.counts_by_key == at_once.accuracy.counts_by_key


def test_an_edit_of_what_still_waits_leaves_nothing_double() -> None:
    """A work that is changed before it was learned counts once, as it is now."""
    d = new_service()
    old = marked(WORKS[0], "Norhaven", "VENUE")
    d.queue_annotations([old])
    d.update([old], [WORKS[0]])
    assert not d.learn()
    assert [s.source for s in d.suggestions(WORKS[2])] == ["m"]


NAMES = ("Ilse Brekke", "Brekke", "Norhaven", "the Norhaven", "20 boats", "Norhaven council")
PLACES = [
    AnnotatedSentence(sentence(text, n * 100))
    for n, text in enumerate(
        [
            "Ilse Brekke met the Norhaven council.",
            "In\n  Norhaven, Brekke counted 20 boats.",
            "The Norhaven  council met Ilse\nBrekke.",
            "Brekke said 20 boats left Norhaven.",
        ]
    )
]


DEEDS = st.tuples(
    st.integers(0, 3),
    st.sampled_from(["mark", "reject", "accept", "undo"]),
    st.sampled_from(NAMES),
    st.sampled_from(["PERSON", "VENUE", "COUNT"]),
)


@given(st.lists(DEEDS))
def test_what_is_remembered_is_what_would_be_worked_out(steps: list[tuple[int, str, str, str]]) -> None:
    """After each deed every sentence has the suggestions that it would have if nothing were remembered."""
    d = new_service()
    annotated_sentences = list(PLACES)
    done: list[tuple[int, AnnotatedSentence]] = []
    for number, action, words, label in steps:
        i = done[-1][0] if action == "undo" and done else number
        old, new = annotated_sentences[i], annotated_sentences[i]
        if action == "undo" and done:
            new = done.pop()[1]
        elif action == "accept":
            left = map(left_suggestion, d.suggestions(old))
            new = replace(old, annotation=old.annotation.with_answer(Answer.ACCEPT, left))
        elif words in old.sentence.text and action == "mark":
            new = marked(old, words, label)
        elif words in old.sentence.text and action == "reject":
            span = span_from_suggestion(suggestion(old.sentence, words, label, 1.0, ""))
            new = replace(old, annotation=old.annotation.with_rejected([*old.annotation.rejected, span]))
        if action != "undo":
            done.append((i, old))
        annotated_sentences[i] = new
        d.update([old], [new])
        fresh = new_service()
        fresh.queue_annotations(annotated_sentences)
        fresh.learn()
        for w in annotated_sentences:
            assert d.suggestions(w) == fresh.suggestions(w)


def test_a_models_record_is_what_the_journal_has_of_this_version() -> None:
    """Sentences that it may have learned from count for nothing, nor does what became of an older version."""
    done = AnnotatedSentence(EVERY[2], Annotation(tuple(spans(EVERY[2], ("Norhaven", "VENUE"))), Answer.ACCEPT))
    taken = spans(EVERY[0], ("Norhaven", "VENUE"), source="m@00000001/GPE")
    old = AnnotatedSentence(EVERY[0], Annotation(tuple(taken), Answer.ACCEPT))

    def by_version(s: Sentence) -> tuple[Suggestion, ...]:
        return tuple(replace(x, source="m@00000002") for x in by_a_model(s))

    d = SuggestionService(NEWS, lambda _: ("\n".join(TEXTS), EVERY), {"m": by_version}, rules=False, history=False)
    d.queue_annotations([old, done])
    assert d.learn()
    assert list(d.accuracy.counts_by_key) == [("m@00000001", "VENUE", "GPE")]
    new = suggestion(EVERY[2], "Norhaven", "VENUE", 0.3, "m@00000002", "GPE")
    assert d.accuracy.accuracy(new) == 0.3


def test_a_label_that_was_not_looked_at_counts_for_no_source() -> None:
    """A sentence that was accepted for persons alone judges no place."""
    d = new_service()
    annotation = Annotation(answer=Answer.ACCEPT, covers=("PERSON",))
    d.update([WORKS[2]], [AnnotatedSentence(EVERY[2], annotation)])
    assert not d.accuracy.counts_by_key
