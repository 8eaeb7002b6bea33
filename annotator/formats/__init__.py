"""Exchange formats, one module each; offsets are converted here and nowhere else."""
