"""The page on which a person checks a night and corrects its scoring."""
