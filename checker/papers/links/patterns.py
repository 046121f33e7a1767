"""The words in which abstracts speak of code, as patterns over lower-case text with URLs masked by `URL`."""

from __future__ import annotations

import re

URL = "\ue000"
"""Stands for a URL, as many times as the URL has characters, so that places in the text stay the same."""


def _match_any(words: str) -> str:
    """Return an alternation of the words, which may be patterns themselves but hold no spaces."""
    return "|".join(words.split())


# ---------------------------------------------------------------- what is spoken of

CODE = _match_any(
    r"source[-\s]?codes? code[-\s]?bases? codes? source\sfiles software repositor(?:y|ies) repos? scripts"
    r" sourcecodes? python\spackages?"
)
TOOLS = _match_any(
    r"implementations? librar(?:y|ies) packages? tool-?kits? tool-?box(?:es)? frameworks? simulators? platforms?"
    r" tools? programs? notebooks? artifacts? artefacts? pipelines? plug-?ins? engine environments?"
)
"""Nouns that may mean code and may mean something else: they count only as the authors' own."""

_FOLLOWING = _match_any(
    """and or but also for of to at in on is are was were will would can could may has have with used from that
    which as along together plus available publicly freely openly here upon soon coming implementing implementation
    repository release releases link url page associated accompanying required needed necessary behind released
    via under should shall made online on-line itself public accessible files? packages? hosted found through by
    without including after once open shared"""
)
_ENDS = rf"\Z|[,.:;()\[\]/&\"'”{URL}]|(?:{_FOLLOWING})\b"
CODE_NOUN = re.compile(rf"\b(?:{CODE})\b(?=\s*(?:{_ENDS}))|\b(?:the|our)\ssources?\b(?=\s+(?:is|are|will|can)\b)")
"""A noun that the clause is about: `code` in `the code is`, not in `code generation`."""

OUR_TOOL = re.compile(
    rf"\b(?:our|the|this|its|all|these|proposed)\s+(?:[\w-]+\s+){{0,3}}?(?:{TOOLS})\b(?=\s*(?:{_ENDS}))"
)

OTHER_CODES = re.compile(
    "(?:"
    + _match_any(
        r"""hash(?:ing)? binary latent writer prototype morse qr bar area zip postal medical icd diagnos\w+
        correct\w+
        linear polar turbo ldpc quantum stabili[sz]er surface toric cyclic genetic spreading channel machine legacy
        assembly malicious generated neural sparse rate temporal vulnerable space-time huffman convolutional block
        network topological semantic discrete speech human-written ethics dress css predictive"""
    )
    + r")[ -]\Z"
)
"""Before `code`: words that make it another kind of code, or somebody else's."""

ABOUT_CODE = re.compile(
    r"\b(?:of|from|about|into|between|using|use|uses|used|analy[sz]e|generate|understand)\s+"
    r"(?:(?:the|open|open[- ]source|program|software|some|existing|public|publicly available)\s+)?\Z"
)
"""Before `code`: words that make code the subject of the research."""

DATA = re.compile(
    r"\b(?:"
    + _match_any(
        """data-?sets? data benchmarks? corp(?:us|ora) models? weights checkpoints? demos? videos? results
        annotations? supplementary leaderboard prompts collections? embeddings dictionar(?:y|ies) questions images
        llms? methods networks"""
    )
    + r")\b"
)

ANYTHING = re.compile(
    rf"{URL}|cod|sourc|softw|repo|script|pack|git|pypi|pip |implement|librar|tool|framew|simul|platf|program"
    r"|notebook|art[ie]fact|pipeline|plug|engine|environment",
    re.IGNORECASE,
)
"""One of these stands in every clause that says anything about code; most clauses have none."""

# ---------------------------------------------------------------- what is said of it

_ADVERB = r"(?:soon|also|all|both|then|now|here|fully|made|be|freely|publicly|openly|\w+ly)"
_STATES = _match_any(
    r"""available released open[-\s]?sourced? published public accessible shared hosted uploaded online opened open
    distributed provided posted announced accessed downloaded downloadable found deposited obtained
    given"""
)
_CODE_OBJECT = r"(?:codes?|data-?sets?|models?|weights|implementation|scripts|software|benchmark)"
_FUTURES = (
    rf"\b(?:will|shall|would|'ll|is going to|are going to|to|should)\s+(?:soon |also |all |both |then )?be"
    rf"(?:\s+{_ADVERB}){{0,3}}\s+(?:{_STATES})\b(?! (?:as input|with an?|to the model))",
    r"\b(?:will|shall|'ll|going to|plan to|plans to|planning to|intend to|intends to|aim to|promise to|pledge to"
    r"|commit to|hope to)\s+(?:[\w-]+ly |also |soon |further |be ){0,3}(?:releas(?:e|ing)|open[- ]?sourc(?:e|ing)"
    r"|publish(?:ing)?|upload|open up|make (?=[^.]{0,90}?\b(?:available|public|accessible|open[- ]?source))"
    rf"|(?:provide|share|publici[sz]e|host|contain) (?=[^.]{{0,60}}?\b{_CODE_OBJECT}\b))",
    r"\b(?:coming|available|released|public|open[- ]?sourced|online|out) (?:very )?soon\b|\bsoon (?:to )?be\b",
    r"\bstay tuned\b|\bnot yet (?:been )?(?:publicly )?(?:available|released|public|open[- ]?sourced)\b",
    r"\b(?:up)?on\s+(?:(?:the|its|our|this|paper|paper's|manuscript|article|work|work's|formal|official|final)\s+)"
    r"{0,3}(?:acceptance|publication|acceptation|publishing)\b",
    r"\bafter\s+(?:(?:the|its|our|this|paper|paper's|being|is|has been|manuscript|peer|double-blind|blind"
    r"|anonymous|work)\s+){0,4}(?:acceptance|publication|review|reviewing|accepted|published|anonymity|reviewed)\b",
    r"\b(?:once|when|if|as soon as)\s+(?:(?:the|this|our|paper|work|manuscript|article|it|is|gets|has|been)\s+)"
    r"{0,5}(?:accepted|published|ready)\b",
)
FUTURE = re.compile("|".join(_FUTURES))
"""Something is to come: sources of the wording are abstracts of machine-learning papers."""

_GOES_ON = _match_any(
    """at in on from via under through here online for to upon with and by along as open publicly together within
    without free over is are anonymously alongside this now too both it"""
)
_HERE = rf"(?=\s*(?:\Z|[,.:;()\[\]&\"'”{URL}]|(?:{_GOES_ON})\b))"
STATE = re.compile(
    r"\b(?:available|released|open[-\s]?sourced?|published|public|accessible|shared|hosted|uploaded|online|opened"
    r"|distributed|deposited|downloadable|accessed|downloaded|provided(?! (?:as|with|to the|by)\b))\b"
    rf"{_HERE}|\b(?:find|found|obtained|included)\s+(?:(?:at|in|on|here|online|from|under|via)\b|[:({URL}])"
    r"|\b(?:is|are) (?:in|part of) (?:the |our )?supplement"
)
"""Something is there: `available at`, `is released`; not `available data`, where it belongs to another noun."""

TOOL_STATE = re.compile(
    rf"[^,;:]{{0,60}}?\b(?:is|are|has been|have been|been)\s+(?:{_ADVERB}\s+){{0,3}}"
    rf"(?:available|released|open[-\s]?sourced?|published|public|accessible|hosted|downloadable)\b{_HERE}"
)

GIVING = re.compile(
    r"\b(?:releas(?:e|es|ed|ing)|open[- ]?sourc(?:e|es|ed|ing)|publish(?:ed|ing)?|shar(?:e|ed|ing)|mak(?:e|es|ing)"
    r"|made|provid(?:e|es|ed|ing)|offer|contribut(?:e|ed)|distribut(?:e|ed))\b"
)
GIVER = re.compile(
    r"\b(?:we|authors?|i|and|by|also|publicly|paper|work|which|freely|fully|have|to|openly)\s+"
    r"(?:not only |only |\w+ly )?\Z"
)
MADE_PUBLIC = re.compile(r"\b(?:available|public|accessible|open)")

OPENED = re.compile(
    r"\bwe (?:also |have |will |then |\w+ly ){0,3}open[- ]?sourced?\b"
    r"|\b(?:is|are|has been|have been) (?:\w+ly |also |now )?open[- ]?sourced\b"
)
OPENING = re.compile(r"\bopen[- ]?sourc")
OPEN_TOOL = re.compile(
    r"\b(?:an?|our|new|first|fully|is)\s+(?:[\w-]+,?\s+){0,4}?open[- ]?sourced?\b,?\s+(?:[\w+-]+\s+){0,4}?"
    rf"(?:{CODE}|{TOOLS})\b"
)
PRESENTING = re.compile(
    r"\b(?:present|introduc|develop|propos|releas|describ|offer|provid|buil[dt]|implement|design|creat|is an?"
    r"|contribut)"
)
BORROWED = re.compile(r"\b(?:using|with|on|via|from|leverag\w+|use|uses|used|of|existing|into|in|by)\s+\Z")
ON_A_HOST = re.compile(
    rf"\b(?:{_STATES})\b[^.]{{0,40}}?\b(?:on|in|from|via|at)\s+(?:our\s+|the\s+)?(?:github|gitlab|pypi)\b"
    r"|\bpip install [a-z]"
)
LABEL = re.compile(
    r"\b(?:codes?|source code|github|implementation|repository|repo|software|code (?:and|&) \w+)"
    rf"\s*(?:link|url|page|repository|repo|here|available)?\s*[:(]?\s*[\[(<]?\s*{URL}"
)
BEFORE_URL = re.compile(rf"(?:\s+[\w'’-]+|\s*[,:(&/]){{0,12}}?\s*[:(\[<]?\s*{URL}")
NOT_GIVEN = re.compile(
    r"\b(?:not(?! (?:only|just|yet))|cannot|never|no longer|neither|nor|unable to|[a-z]+n['’]t)\b"
    r"[^.;]{0,40}?\b(?:releas|available|public|open-?sourc|opened|shar|provid|accessible|disclos|distribut)"
    r"|\bno\s+(?:public(?:ly)?\s+|official\s+|available\s+|open\s+|source\s+|accompanying\s+)*"
    r"(?:codes?|implementation)\b"
    r"|\bwithout\s+(?:releasing|publishing|sharing|any)\s+(?:\w+\s+)?codes?\b|\bunavailable\b"
)
