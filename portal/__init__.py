"""The wiring of the portal: settings, URL maps, middleware and checks. No other room imports it."""
