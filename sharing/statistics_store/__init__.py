"""Between the store and the engine of open statistics: pupils in, a checked release out (R10, R11, R22, R31).

`people` reads the population, `fitting` says which tables it can fill, `making` does the whole in one transaction,
`keeping` stores what is published, `folders` gives it back as the files that people download, `asking` is the work of
the worker. The engine (sharing.statistics) and the attacker (sharing.attacker) know nothing of this.
"""
