"""Tokens, and the way to them: discovery, consent, token endpoint, revocation."""
