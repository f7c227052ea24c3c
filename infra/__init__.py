"""What a deployment needs: templates, datasets, baseline packages, users, clean-up, cost."""
