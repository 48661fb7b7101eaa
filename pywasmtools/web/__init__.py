"""What only descriptive sections need: URLs, international hosts, licences."""
