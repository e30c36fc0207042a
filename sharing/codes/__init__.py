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
from sharing.codes.pupils import (
    BOARDER,
    ENGLISH,
    ENROL_STATUS,
    ETHNICITY,
    ETHNICITY_GROUP,
    LANGUAGE,
    LANGUAGE_NOT_KNOWN,
    NC_YEARS,
    POST_LOOKED_AFTER,
    RELATIONSHIP,
    SEN_NEED,
    SEN_PROVISION,
    SERVICE_CHILD,
    SEX,
    TELEPHONE,
    YOUNG_CARER,
    ethnicity_codes,
    ethnicity_group,
    main_ethnicity,
    nc_year_order,
)
from sharing.codes.results import KEY_STAGE, RESULT_STATUS
from sharing.codes.staff import (
    CONTRACT,
    ROLE,
    STAFF_ABSENCE,
)

__all__ = [
    "ABSENCE",
    "AUTHORISED_ABSENCE",
    "BOARDER",
    "BY_PHASE",
    "COMMUNITY_KINDS",
    "CONTRACT",
    "ENGLISH",
    "ENROL_STATUS",
    "ETHNICITY",
    "ETHNICITY_GROUP",
    "EXCLUSION_CATEGORY",
    "EXCLUSION_REASON",
    "GIAS_PHASE",
    "GIAS_STATUS",
    "GIAS_TYPE",
    "KEY_STAGE",
    "LANGUAGE",
    "LANGUAGE_NOT_KNOWN",
    "NC_YEARS",
    "POST_LOOKED_AFTER",
    "RELATIONSHIP",
    "RESULT_STATUS",
    "ROLE",
    "SEN_NEED",
    "SEN_PROVISION",
    "SERVICE_CHILD",
    "SEX",
    "STAFF_ABSENCE",
    "TELEPHONE",
    "TERM",
    "UNAUTHORISED_ABSENCE",
    "YOUNG_CARER",
    "community_kind",
    "ethnicity_codes",
    "ethnicity_group",
    "main_ethnicity",
    "nc_year_order",
]
