"""What each dataset contains: one module per dataset, joined in ``data.datasets.dataset_list``."""
