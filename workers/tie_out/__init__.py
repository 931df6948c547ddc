"""The tie-out report: reads both sides page by page, compares them, and proves that they agree, or where they do not."""
