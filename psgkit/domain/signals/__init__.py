"""Long signals: read in parts, and their Fourier transforms in parts."""
