"""Pupils exchanged for others by integer programming: for the auditor, where single moves find nothing (I7)."""

from typing import Final

import highspy
import numpy as np

from sharing.attacker.lines import Whole

MORE: Final = 20  # the most pupils of one kind that may come
SECONDS: Final = 10.0  # after which a programme is given up


def exchange(counted: Whole, have: Whole, least: Whole, most: Whole) -> Whole | None:
    """How many pupils of each kind come (or go, below 0) so that every cell changes by `least` to `most`, or None.

    `counted` says for each cell (row) which kinds (columns) it counts, `have` how many pupils of each kind there are.
    None means that no solution was found in time, not that there is none.
    """
    touched = counted.any(axis=1)
    if ((least > 0) | (most < 0))[~touched].any():
        return None
    rows, columns = np.nonzero(counted[touched])
    solver = highspy.Highs()
    # `threads` never changes, as HiGHS refuses a second value in one process.
    for name, value in {"output_flag": False, "threads": 1, "time_limit": SECONDS}.items():
        solver.setOptionValue(name, value)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(have), int(touched.sum())
    model.col_cost_ = np.zeros(len(have))
    model.col_lower_, model.col_upper_ = -have.astype(np.float64), np.full(len(have), float(MORE))
    model.row_lower_, model.row_upper_ = least[touched].astype(np.float64), most[touched].astype(np.float64)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(have)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=model.num_row_))))
    model.a_matrix_.start_ = starts.astype(np.int32)
    model.a_matrix_.index_ = columns.astype(np.int32)
    model.a_matrix_.value_ = np.ones(len(columns))
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.rint(solver.getSolution().col_value).astype(np.int64)
