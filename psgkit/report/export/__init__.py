"""Write a scoring for other programs."""
