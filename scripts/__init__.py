"""Tools for people who work on the portal: documentation generated from the code, and pictures of the portal."""
