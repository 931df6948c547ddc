"""Tax of documents, and the codes and rates it is worked out with."""
