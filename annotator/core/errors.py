"""The errors that a user is meant to read."""


class AnnotatorError(Exception):
    """A mistake in the input or the environment, reported in one line.

    ``what`` went wrong, ``where`` (``file:line``, ``article:offset``, a folder) and what to
    ``do`` about it; the command line prints ``str(error)`` and exits with ``exit_code``.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        super().__init__(what, where, do)
        self.what = what
        self.where = where
        self.do = do

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error come from another process."""
        return _rebuild_error, (type(self), self.what, self.where, self.do)

    def __str__(self) -> str:
        """Return the one line: ``where: what; do``."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{head}; {self.do}" if self.do else head
        return " ".join(line.split())


def _rebuild_error(kind: type[AnnotatorError], what: str, where: str, do: str) -> AnnotatorError:
    return kind(what, where=where, do=do)


def path_text(path: object) -> str:
    """Return a path as text that can be stored: bytes in a name that are no UTF-8 become U+FFFD."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class AnnotatorWarning(UserWarning):
    """Something in the stored files is wrong or left out, and the work goes on without it."""


class SchemaError(AnnotatorError):
    """A label schema that cannot be used."""


class CorpusError(AnnotatorError):
    """A corpus folder that is damaged, missing, too new or not writable."""


class DamagedArticleError(CorpusError):
    """An article whose file or sentences cannot be read; all others are as good as before."""


class JournalError(AnnotatorError):
    """A journal that is held by another process, damaged or no longer writable."""


class SourceError(AnnotatorError):
    """A source that cannot be read as an article."""


class PluginError(AnnotatorError):
    """A plug-in that cannot be loaded or that failed; ``where`` names its distribution."""


class RuleError(AnnotatorError):
    """An edit that the schema's rules or the text do not allow; nothing was changed."""


class UsageError(AnnotatorError):
    """A call that makes no sense as it was given, or one that needs a terminal."""

    exit_code = 2
