"""Who may see what: people, register lines, levels, officers and duties, mapped onto object permissions."""
