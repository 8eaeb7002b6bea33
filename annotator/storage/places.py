"""Where a user's own things lie on each system; ANNOTATOR_HOME puts all of them in one folder."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "ANNOTATOR_HOME"


def user_data_folder() -> Path:
    """Return the folder of the user's own copy of the sample; it may not exist yet."""
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home)
    import platformdirs

    return platformdirs.user_data_path("annotator")


def user_state_folder() -> Path:
    """Return the folder of preferences and rescue files; it may not exist yet."""
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home)
    import platformdirs

    return platformdirs.user_state_path("annotator")


def user_settings_folder() -> Path:
    """Return the folder of what a user writes for Annotator, such as the keymap; it may not exist yet."""
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home)
    import platformdirs

    return platformdirs.user_config_path("annotator")
