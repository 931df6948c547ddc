"""Files of documents: sent along with what stands in QuickBooks."""
