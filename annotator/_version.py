"""The version of the program, in a file of its own: the build reads it without importing the package."""

__version__ = "0.2.0"
