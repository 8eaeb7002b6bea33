"""Finds and loads plug-ins: entry points of other distributions, by the name that a user gives.

What an author of a plug-in needs is in `annotator.plugins`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from msgspec import Struct

from annotator.core.errors import AnnotatorError, PluginError

API_VERSION = 1
"""The version of the plug-in interface; it grows when a plug-in of the old one would no longer work."""

PluginKind = Literal["formats", "suggesters", "checks"]


class Plugin(Struct, frozen=True):
    """A loaded plug-in and the distribution that it comes from."""

    name: str
    distribution: str
    """Its name and version, as ``pip list`` has them."""
    value: Any
    """What the entry point refers to."""

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Turn an exception of the plug-in's own code into a PluginError; our errors pass."""
        with _blame(self.name, self.distribution, "failed"):
            yield

    def error(self, what: str) -> PluginError:
        """Return the error that this plug-in breaks its contract."""
        return PluginError(
            what, where=_place(self.name, self.distribution), do="update the distribution, or do without it"
        )


def plugin_names(kind: PluginKind) -> list[str]:
    """Return the names of the installed plug-ins of a kind, sorted; none is loaded."""
    from importlib.metadata import entry_points

    return sorted({entry.name for entry in entry_points(group=f"annotator.{kind}")})


def load_plugin(kind: PluginKind, name: str) -> Plugin | None:
    """Load a plug-in by its name; return None where no distribution has it.

    Raises PluginError for one that cannot be loaded, needs another ``api``, or comes from two distributions.
    """
    from importlib.metadata import entry_points

    found = {
        f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown distribution": entry
        for entry in entry_points(group=f"annotator.{kind}", name=name)
    }
    if not found:
        return None
    if len(found) > 1:
        what = f"several distributions have a plug-in of this name: {', '.join(sorted(found))}"
        raise PluginError(what, where=f"plug-in {name}", do="uninstall all but one")
    ((distribution, entry),) = found.items()
    with _blame(name, distribution, "cannot be loaded"):
        plugin = Plugin(name, distribution, entry.load())
        needed = getattr(plugin.value, "api", API_VERSION)
    if needed != API_VERSION:
        raise plugin.error(f"it needs the plug-in interface {needed}, and this program has {API_VERSION}")
    return plugin


@contextmanager
def _blame(name: str, distribution: str, what: str) -> Iterator[None]:
    try:
        yield
    except AnnotatorError:  # it names the fault in the user's data itself
        raise
    except (Exception, SystemExit) as error:  # whatever foreign code may raise
        raise PluginError(
            f"the plug-in {what} ({type(error).__name__}: {error})",
            where=_place(name, distribution),
            do="update the distribution, or do without it",
        ) from error


def _place(name: str, distribution: str) -> str:
    return f"plug-in {name} of {distribution}"
