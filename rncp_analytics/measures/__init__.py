"""Estimates from counts, and the door through which they may be printed."""
