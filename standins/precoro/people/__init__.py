"""What people do in Precoro: over the control API, and with the buttons of the page."""
