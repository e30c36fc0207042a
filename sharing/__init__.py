"""The one shared data: establishments, pupils, staff, and the door through which all of it is read."""
