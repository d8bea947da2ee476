"""What a sleeping head gives off, one finding a module."""
