"""Mark spans in news articles in the terminal and build a training corpus.

The Python API: `Corpus` opens a corpus folder and does what the commands do. Each name is loaded when
it is first used, so that ``import annotator`` loads only the standard library.
"""

from typing import TYPE_CHECKING

from annotator._version import __version__ as __version__

if TYPE_CHECKING:
    from annotator.core.annotation import Annotation as Annotation
    from annotator.core.annotation import Answer as Answer
    from annotator.core.article import Article as Article
    from annotator.core.article import Sentence as Sentence
    from annotator.core.errors import AnnotatorError as AnnotatorError
    from annotator.core.errors import AnnotatorWarning as AnnotatorWarning
    from annotator.core.schema import Label as Label
    from annotator.core.schema import Schema as Schema
    from annotator.core.spans import Span as Span
    from annotator.core.tokens import Token as Token
    from annotator.workflows.contents import StoredAnnotation as StoredAnnotation
    from annotator.workflows.corpus import Corpus as Corpus
else:
    _MODULES = {
        "Annotation": "annotator.core.annotation",
        "AnnotatorError": "annotator.core.errors",
        "AnnotatorWarning": "annotator.core.errors",
        "Answer": "annotator.core.annotation",
        "Article": "annotator.core.article",
        "Corpus": "annotator.workflows.corpus",
        "Label": "annotator.core.schema",
        "Schema": "annotator.core.schema",
        "Sentence": "annotator.core.article",
        "Span": "annotator.core.spans",
        "StoredAnnotation": "annotator.workflows.contents",
        "Token": "annotator.core.tokens",
    }

    def __getattr__(name: str) -> object:
        """Load a public name from its module."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_MODULES[name]), name)

    def __dir__() -> list[str]:
        """Return the public names."""
        return sorted(["__version__", *_MODULES])
