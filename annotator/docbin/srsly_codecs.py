"""Works around a defect of srsly that takes nine tenths of the time of writing and loading DocBins.

``srsly.msgpack`` asks its two registries for their codecs whenever it packs or unpacks anything,
and each time ``catalogue`` goes through the metadata of all installed distributions. ``DocBin.add``
packs two small values a Doc, ``DocBin.get_docs`` unpacks as many. Seen with srsly 2.5 and
catalogue 2.0; the more packages are installed, the worse::

    import srsly, timeit
    from srsly.msgpack import msgpack_encoders

    each = min(timeit.repeat(lambda: srsly.msgpack_dumps({}), number=200, repeat=5)) / 200
    found = msgpack_encoders.get_all()
    msgpack_encoders.get_all = lambda: found
    once = min(timeit.repeat(lambda: srsly.msgpack_dumps({}), number=200, repeat=5)) / 200
    print(f"{each * 1e6:.0f} µs, looked up once {once * 1e6:.0f} µs")  # 250 µs or more, and 3 µs

The codecs don't change while a program runs, so they are looked up once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from srsly.msgpack import msgpack_decoders, msgpack_encoders


@contextmanager
def cached_srsly_codecs() -> Iterator[None]:
    """Answer srsly's look-ups from one made at the start, while the block lasts; blocks may nest."""
    registries = [r for r in (msgpack_encoders, msgpack_decoders) if "get_all" not in vars(r)]
    for registry in registries:
        registry.get_all = _returning(registry.get_all())
    try:
        yield
    finally:
        for registry in registries:
            del registry.get_all  # the method of the class is visible again


def _returning(found: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    return lambda: found
