"""Write the pages of docs/ that are generated from the code.

::

python scripts/make_docs.py
"""

import argparse
from pathlib import Path

from psgkit.measure import metrics_markdown

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    PAGE.write_text(metrics_markdown(), encoding="utf-8")
