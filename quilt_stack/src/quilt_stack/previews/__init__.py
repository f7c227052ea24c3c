"""Previews of objects for the web catalog: tables, texts and pictures (registry facts 1.7, 11)."""
