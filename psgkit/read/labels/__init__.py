"""Labels and units of channels: roles, caps, electrodes."""
