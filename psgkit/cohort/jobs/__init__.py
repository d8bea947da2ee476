"""Which nights there are to do, from folders, manifests and BIDS data sets."""
