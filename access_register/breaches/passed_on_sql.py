"""A case knows the report of misuse that it was made of, and who passed it on, in SQL for migration 0210 (P17, R41).

By the report's number and not by the key of its form, which whoever reports may use for two forms. Without the name of
who reported it: the desk of misuse has that, and whom it is held against may sit at the desk of the case. The officer
who has found that it was a misuse has no seat on the panel: they have judged it already. A case about no establishment,
held against somebody who belongs to none, goes to all Localities: none followed, so that it could not be referred.
"""

from sharing.sql.overrides import within

_BY_KEY = "EXISTS (SELECT FROM access_register_breachreport WHERE form_key = misuse.form_key)"
_BY_NUMBER = "EXISTS (SELECT FROM access_register_breach WHERE of_misuse = misuse.id)"
_COLUMNS, _MORE_COLUMNS = "        state)", "        state, of_misuse, passed_on_by_id)"
_VALUES, _MORE_VALUES = "now(), 'reported')", "now(), 'reported', misuse.id, portal_asker())"
_OF_REPORT, _WITHOUT_NAME = "misuse.reported_by_name, true, misuse.form_key", "'', true, gen_random_uuid()"
_REFERRED = "breach.triaged_by_id IS DISTINCT FROM who"
_OR_PASSED_ON = f"{_REFERRED} AND breach.passed_on_by_id IS DISTINCT FROM who"
_CONCERNED = "WHERE id = wanted AND triaged_by_id IS NOT NULL"
_AND_THEY = f"""{_CONCERNED}
                 UNION SELECT passed_on_by_id FROM access_register_breach
                 WHERE id = wanted AND passed_on_by_id IS NOT NULL"""
_ITS_OWN = "IF places = '{}' THEN places := ARRAY[breach.about_id]; END IF;"
_OR_ALL = f"""{_ITS_OWN}
        IF places = ARRAY[NULL::bigint] THEN
            places := ARRAY(SELECT establishment_id FROM sharing_localitymembership);
        END IF;"""
_CHANGES = {
    "access_register_breach_of_misuse": (
        (_BY_KEY, _BY_NUMBER),
        (_COLUMNS, _MORE_COLUMNS),
        (_VALUES, _MORE_VALUES),
        (_OF_REPORT, _WITHOUT_NAME),
    ),
    "access_register_may_sit": ((_REFERRED, _OR_PASSED_ON),),
    "access_register_refer_breach": ((_ITS_OWN, _OR_ALL),),
    "access_register_breach_facts": ((_CONCERNED, _AND_THEY),),
}
CREATE = "".join(within(name, *changes) for name, changes in _CHANGES.items())
DROP = "".join(within(name, *((now, before) for before, now in changes)) for name, changes in _CHANGES.items())
