"""Our copies of both sides' lists, the pairs between them, and what planning loads of them."""
