"""Power spectra and measures computed from them."""
