"""Power spectra and what is computed from them."""
