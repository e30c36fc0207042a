"""The statutory functions for which an officer may need data that identifies children or staff, with their legal basis.

The council's list (P3, R9): each duty names one of them, and the head sees which one. The data-protection officer
signs this page.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """One function of the council. `code` is stored with a duty and never reused for another function."""

    code: str
    name: str
    basis: str

    @property
    def words(self) -> str:
        return f"{self.name} ({self.basis})"


FUNCTIONS = (
    Function("admissions", "School admissions", "School Standards and Framework Act 1998, Part 3"),
    Function("attendance", "School attendance", "Education Act 1996, sections 437 and 444"),
    Function("missing", "Children missing education", "Education Act 1996, section 436A"),
    Function("exclusions", "Exclusions and alternative provision", "Education Act 2002, section 51A; 1996, section 19"),
    Function("send", "Special educational needs and disability", "Children and Families Act 2014, Part 3"),
    Function("safeguarding", "Safeguarding", "Children Act 1989, section 47; Children Act 2004, section 11"),
    Function("looked-after", "Education of looked-after children", "Children Act 1989, section 22(3A)"),
    Function("improvement", "School improvement", "Education Act 1996, section 13A"),
    Function("early-years", "Early years", "Childcare Act 2006, sections 6 to 13"),
    Function("meals", "Free school meals", "Education Act 1996, section 512ZB"),
    Function("transport", "Travel to school", "Education Act 1996, section 508B"),
    Function("returns", "Statutory returns", "Education Act 1996, section 537A; Education Act 2005, section 114"),
    Function("funding", "School funding", "School Standards and Framework Act 1998, Part 2"),
    Function("information", "Information governance", "UK GDPR, articles 5(2) and 24"),
)
FUNCTION = {function.code: function for function in FUNCTIONS}
