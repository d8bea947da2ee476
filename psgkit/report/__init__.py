"""A night to files and text: HDF5, CSV, HTML and a page in the terminal."""
