"""psgkit: REM continuity, N3 and arousals from polysomnographic recordings.

The public names, listed in ``__init__.pyi``, are loaded when they are first used, so
that importing psgkit costs nothing.
"""

import lazy_loader

from psgkit._version import __version__ as __version__

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
