"""What a sleeping body gives off, one kind of finding a module."""
