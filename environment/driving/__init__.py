"""What people do in one word: publish, add, remove, look into; the next sentence about it finds it here."""
