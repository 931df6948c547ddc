"""The table of entities: what each holds, and whether what was sent has that form."""
