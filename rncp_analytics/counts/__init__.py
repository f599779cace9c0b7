"""How many: additive counts from any source."""
