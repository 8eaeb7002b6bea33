"""Pages of our own: articles of many structures in the frames of many sites, all invented.

``tune/`` and ``held/`` have ``frames/``, ``texts/`` (a file a structure) and ``none/`` (pages without an
article). Rules are written with ``tune`` alone: **a writer of rules never opens** ``held``, nor prints a
page of it; only its figures are looked at. A held page is a held text in a held frame.

A file has entries that begin with ``== name | key: value``. Each line of an entry is a part of the page, with
its role before a colon (``data.TEXT_ROLES``, ``data.FRAME_KINDS``); in a text, a line without a role is body. A
frame has sections, ``[top] [side] [head] [middle] [end] [after] [foot]``; ``[head]`` has TITLE, DECK, BYLINE and
DATE in capitals where the article's own go, ``[middle]`` is put into the middle of the article. Gold follows
from the roles; ``either`` lines count for neither side.
"""
