"""Deployments that scenarios run against; steps never ask which one it is."""
