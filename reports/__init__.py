"""From results to dashboards: known defects, requirements, Allure configuration, summary."""
