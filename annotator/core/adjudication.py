"""Whether an adjudication is still of what the annotators have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def changed_parties(compared: Sequence[tuple[str, int]], in_force: Mapping[str, int]) -> tuple[str, ...]:
    """Return the annotators for whom an adjudication is open again, sorted; none where it still holds.

    ``compared`` are the annotators that it has compared, each with the number of the record that was in force (the
    field _of in the journal); ``in_force`` has the same as it is now, of all who have finished the sentence. One who
    was compared may have changed it or be gone; one who was not may have finished it since.
    """
    then = dict(compared)
    return tuple(sorted(name for name in {*then, *in_force} if then.get(name) != in_force.get(name)))
