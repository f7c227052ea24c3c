"""Who acts: personas, and people made up for one scenario."""
