"""The engine on a TCP port, for every other Redis client."""
