"""What waits for a person: problems and failures by cause, with how many documents and how much money each holds up."""
