"""From spans and text to rows of cells: pure, without a screen."""
