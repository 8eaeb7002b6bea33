"""Label Studio's JSON (tasks with annotations, older: completions) and JSON_MIN (a flat row an annotation).

Which field of a task is its text stands in the labelling config, which no export holds; it is told by
the texts that spans quote. Offsets count code points, in older versions UTF-16 units, and one file may
hold both: each annotation whose spans quote their text is measured by itself.
"""

from annotator.formats.labelstudio.labelstudio_reader import detect, read
from annotator.formats.labelstudio.labelstudio_writer import write

NAME = "labelstudio"

__all__ = ["NAME", "detect", "read", "write"]
