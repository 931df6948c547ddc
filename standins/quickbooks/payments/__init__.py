"""What pays: bill payments, and purchases without a bill."""
