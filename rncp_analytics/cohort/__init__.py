"""Candidates and their marks; for now, what every reader and the store need."""
