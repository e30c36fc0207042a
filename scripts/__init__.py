"""Helps for whoever works on the portal: pages of documentation that are read out of the code, and pictures of it."""
