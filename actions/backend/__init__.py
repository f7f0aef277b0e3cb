"""What a company connects: outages, orders and areas, over SQL or REST."""
