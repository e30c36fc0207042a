"""The wiring: settings, URL maps, middleware and checks. Nobody imports it."""
