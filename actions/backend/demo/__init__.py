"""The data of Revontuli, the demo company: areas.tsv, outages.yml, orders.yml."""
