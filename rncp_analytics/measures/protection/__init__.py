"""Secondary suppression and its audit: which groups to hide, and what an attacker can still work out."""
