"""Plain British English, as GOV.UK writes it: checks for titles, errors and emails."""

import re
from collections.abc import Iterator

LONGEST = 25  # words in a sentence; GOV.UK splits longer ones
# Words with a plainer alternative (the style guide's "words to avoid"), and the jargon of lawyers and programmers.
JARGON = """
aforementioned|aforesaid|ameliorate|commence\\w*|de facto|disincentivi\\w+|empower\\w*|endeavour\\w*|expedite\\w*
facilitat\\w+|forthwith|going forward|hereafter|hereby|herein\\w*|hereto|heretofore|hereunder|herewith|in lieu
in order to|in respect of|in the event that|incentivi\\w+|inter alia|inasmuch|leverag\\w+|liais\\w+|mutatis mutandis
notwithstanding|null and void|overarching|paradigm|per annum|prior to|pro rata|pursuant|requisite|robust
shall|stakeholders?|streamlin\\w+|subsequent to|synerg\\w+|the said|thereafter|thereby|therein|thereof|therewith
utili[sz]\\w+|vis-à-vis|whereas|wherein|whereof|whilst|without prejudice
backend|boolean|csrf|database|exception|foreign key|forbidden|frontend|http\\w*|integer|invalid|json|malformed|nonetype
null|payload|postgres\\w*|psycopg\\w*|queryset|regex|sql|stack ?trace|syntax|timed out|timeout|traceback|unauthorized
undefined|unexpected error|unhandled|uuid
color|center|organiz\\w+|authoriz\\w+|recogniz\\w+|enrollment|behavior
""".replace("\n", "|").strip("|")
_UNWANTED = {
    "jargon": re.compile(rf"\b(?:{JARGON})\b", re.IGNORECASE),
    "GOV.UK asks without it": re.compile(r"\bplease\b", re.IGNORECASE),
    "says nothing of where it leads": re.compile(r"\b(?:click|tap|press) here\b|\bread more\b", re.IGNORECASE),
}
_END = re.compile(r"(?<=[.?!:])\s+|\n{2,}")
_WORD = re.compile(r"[^\s–—·/]*\w[^\s–—·/]*")


def sentences(text: str) -> list[str]:
    return [" ".join(one.split()) for one in _END.split(text) if one.strip()]


def faults(text: str, *, longest: int = LONGEST) -> Iterator[str]:
    """What is not plain about the text. A colon ends a sentence here: what follows is a list or an example."""
    for sentence in sentences(text):
        for why, unwanted in _UNWANTED.items():
            for found in unwanted.finditer(sentence):
                yield f"“{found[0]}” ({why}): {sentence}"
        if (words := len(_WORD.findall(sentence))) > longest:
            yield f"{words} words in one sentence: {sentence}"
