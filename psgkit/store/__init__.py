"""What lies on disk: files replaced whole, locks, and the HDF5 file of a night."""
