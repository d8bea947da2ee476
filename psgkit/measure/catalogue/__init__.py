"""Every number that psgkit writes, each declared once as a row."""
