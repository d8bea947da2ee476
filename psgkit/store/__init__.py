"""Files on disk: written whole, locked, and the HDF5 file of a night."""
