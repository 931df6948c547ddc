"""Both sides compared to the cent: what must stand in QuickBooks, and what does."""
