"""Code lists: what the codes in the Department for Education's files mean.

Each is a mapping from code to label, in the order in which a page should list it.
"""

from sharing.codes.attendance import (
    ABSENCE,
    AUTHORISED_ABSENCE,
    EXCLUSION_CATEGORY,
    EXCLUSION_REASON,
    TERM,
    UNAUTHORISED_ABSENCE,
)
from sharing.codes.establishments import (
    BY_PHASE,
    COMMUNITY_KINDS,
    GIAS_PHASE,
    GIAS_STATUS,
    GIAS_TYPE,
    community_kind,
)
from sharing.codes.leaving import LEAVING_REASON
from sharing.codes.pupils import (
    BOARDER,
    ENROL_STATUS,
    ETHNICITY,
    LANGUAGE,
    NC_YEARS,
    POST_LOOKED_AFTER,
    RELATIONSHIP,
    SEN_NEED,
    SEN_PROVISION,
    SERVICE_CHILD,
    SEX,
    TELEPHONE,
    YOUNG_CARER,
    main_ethnicity,
    nc_year_order,
)
from sharing.codes.staff import (
    CONTRACT,
    DISABILITY,
    PAY_RANGE,
    POST,
    ROLE,
    STAFF_ABSENCE,
    TEACHING_POST_IN_WORDS,
    TEACHING_POSTS,
)

__all__ = [
    "ABSENCE",
    "AUTHORISED_ABSENCE",
    "BOARDER",
    "BY_PHASE",
    "COMMUNITY_KINDS",
    "CONTRACT",
    "DISABILITY",
    "ENROL_STATUS",
    "ETHNICITY",
    "EXCLUSION_CATEGORY",
    "EXCLUSION_REASON",
    "GIAS_PHASE",
    "GIAS_STATUS",
    "GIAS_TYPE",
    "LANGUAGE",
    "LEAVING_REASON",
    "NC_YEARS",
    "PAY_RANGE",
    "POST",
    "POST_LOOKED_AFTER",
    "RELATIONSHIP",
    "ROLE",
    "SEN_NEED",
    "SEN_PROVISION",
    "SERVICE_CHILD",
    "SEX",
    "STAFF_ABSENCE",
    "TEACHING_POSTS",
    "TEACHING_POST_IN_WORDS",
    "TELEPHONE",
    "TERM",
    "UNAUTHORISED_ABSENCE",
    "YOUNG_CARER",
    "community_kind",
    "main_ethnicity",
    "nc_year_order",
]
