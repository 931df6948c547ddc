"""What people do in QuickBooks: over the control API, and with the buttons of the page."""
