"""Files: encrypted storage, checks on uploads, the virus scanner, and cells and texts made safe to open."""
