"""What of a document's metadata has no place in a format, counted by name."""

from __future__ import annotations

from collections.abc import Collection

from annotator.formats.document import OWN_FIELD, ConversionLog, Document


def record_lost_metadata(document: Document, format_: str, log: ConversionLog, held: Collection[str] = ()) -> None:
    """Count the fields of a document's metadata for which a format has no place; ``held`` it has elsewhere."""
    for key in document.meta:
        if key not in held:
            log.count_lost_field(key, f"{format_} has no place for it")


def record_lost_fields(document: Document, format_: str, log: ConversionLog, *names: str) -> None:
    """Count the fields of a document, such as its title, for which a format has no place."""
    for name in names:
        if getattr(document, name):
            log.count_lost_field(name, f"{format_} has no place for it", OWN_FIELD)


def record_names(document: Document, file: str, format_: str, log: ConversionLog) -> None:
    """Count what the name of a document's file has of its id and annotator, and a reader cannot tell from it."""
    if document.id and file != document.id:
        log.count_lost_field("id", f"{format_} has it in the name of the file alone, made safe", OWN_FIELD)
    if document.annotator:
        log.count_lost_field("annotator", f"{format_} has it as the name of the folder alone", OWN_FIELD)
