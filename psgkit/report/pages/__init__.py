"""The pages that people read: HTML and text, of a night and of a cohort."""
