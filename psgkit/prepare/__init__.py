"""A recording made ready: montage, window of analysis, quality."""
