"""What a reader sees, in French: numbers, sentences, tables and charts."""
