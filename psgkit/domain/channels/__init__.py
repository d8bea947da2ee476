"""What a channel is for: roles, electrodes, and how large its signal can be."""
