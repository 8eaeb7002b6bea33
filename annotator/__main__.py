"""``python -m annotator`` is the ``annotator`` command."""

from annotator.cli.main import run

run()
