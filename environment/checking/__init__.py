"""What a Then judges with: comparisons that tell what differs, figures and their limits."""
