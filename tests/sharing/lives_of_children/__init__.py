"""Children's lives at three schools, in any sequence: in the store, and in a plain model of the protocol beside it.

`known.py` what is true, `told.py` what changes it, `store.py` the same steps as pages and imports take them.
"""
