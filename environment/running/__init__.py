"""What `acceptance run` does around pytest: its process, its results, what a dead process left."""
