"""Plug-ins: formats, suggesters and checks from other distributions, loaded only when a user names them.

A distribution declares one as an entry point; the name of the entry point is the name to give::

    [project.entry-points."annotator.formats"]
    mine = "my_package.my_format"

=========================  ======================  ========================================
Group                      Asked for with          What the entry point refers to
=========================  ======================  ========================================
``annotator.formats``      ``--format NAME``       a module or object as `Format` describes
``annotator.suggesters``   ``--source NAME``       a module or object as `Suggester` describes
``annotator.checks``       ``--with NAME``         a module or object as `Check` describes
=========================  ======================  ========================================

A built-in name always wins over a plug-in. Detection and the screen never load a plug-in.
A plug-in may set ``api`` to the version that it needs; another version than the `api` here is refused.
"""

from annotator.checks.problem import CheckInput, ProblemLevel, ProblemLocation, ReviewedSentence
from annotator.checks.registry import Check
from annotator.core.annotation import Answer
from annotator.core.article import Sentence
from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggester, Suggestion
from annotator.core.tokens import Token
from annotator.formats.document import ConversionLog, ConversionLogEntry, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.registry import Format, FormatInfo
from annotator.plugin_loader import API_VERSION as api

__all__ = [
    "Answer",
    "Check",
    "CheckInput",
    "ConversionLog",
    "ConversionLogEntry",
    "Document",
    "FileSample",
    "Format",
    "FormatInfo",
    "ImportSource",
    "Outcome",
    "ProblemLevel",
    "ProblemLocation",
    "ReviewedSentence",
    "Schema",
    "Sentence",
    "SourceError",
    "Span",
    "Suggester",
    "Suggestion",
    "Token",
    "api",
]
