"""What each dataset contains: one module per dataset, joined in ``infra.datasets.catalogue``."""
