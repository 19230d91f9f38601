"""Runs proxies side by side on loopback and measures what a unit of work costs each."""
