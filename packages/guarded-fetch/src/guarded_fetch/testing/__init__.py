"""What tests of fetches need.

hostile_servers  servers that misbehave, and a network of made-up names that leads to them
certificates     an authority for the made-up names
web              https addresses whose answers a test sets
"""
