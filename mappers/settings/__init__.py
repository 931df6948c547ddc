"""What a person can decide about a connection, and which documents a change affects."""
