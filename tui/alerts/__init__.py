"""The alerts in the dashboard: their list, and how the operator hears of them."""
