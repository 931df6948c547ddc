"""What `bin/up` does: from an empty folder to a day of work between two stand-ins."""
