"""Test data: datasets, the baseline packages made of them, and how both reach a deployment."""
