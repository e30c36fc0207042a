"""SQL that migrations put into the database: functions, triggers, policies."""
