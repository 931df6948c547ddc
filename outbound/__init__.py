"""What both remote clients share: a session that cannot hang, a quota in Redis, and errors that know what to do next."""
