"""Between the store and the engine of open statistics: pupils go in, a checked release comes out (R10, R11, R22, R31).

`people` reads the population, `fitting` says which tables it can fill, `making` does it all in one transaction,
`keeping` stores what is published, `folders` turns it back into the files that people download, and `asking` is the
worker's job. The engine (sharing.statistics) and the attacker (sharing.attacker) do not depend on any of this.
"""
