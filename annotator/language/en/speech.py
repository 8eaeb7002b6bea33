"""English words of saying, thinking, asking and judging, each with what may follow it.

Lemmas stand in the lists; all forms are made from them. An apostrophe is the straight one.
"""

from __future__ import annotations

_IRREGULAR = {
    "say": "says said saying",
    "tell": "tells told telling",
    "think": "thinks thought thinking",
    "know": "knows knew known knowing",
    "write": "writes wrote written writing",
    "feel": "feels felt feeling",
    "find": "finds found finding",
    "hold": "holds held holding",
    "hear": "hears heard hearing",
    "swear": "swears swore sworn swearing",
    "understand": "understands understood understanding",
    "foresee": "foresees foresaw foreseen foreseeing",
    "see": "sees saw seen seeing",
    "show": "shows showed shown showing",
    "forget": "forgets forgot forgotten forgetting",
    "choose": "chooses chose chosen choosing",
    "forbid": "forbids forbade forbidden forbidding",
    "seek": "seeks sought seeking",
    "make": "makes made making",
    "mean": "means meant meaning",
    "beg": "begs begged begging",
    "admit": "admits admitted admitting",
    "quip": "quips quipped quipping",
    "plan": "plans planned planning",
    "slam": "slams slammed slamming",
    "rap": "raps rapped rapping",
    "dub": "dubs dubbed dubbing",
    "refer": "refers referred referring",
    "infer": "infers inferred inferring",
    "prefer": "prefers preferred preferring",
    "retell": "retells retold retelling",
    "label": "labels labeled labelled labeling labelling",
    "blog": "blogs blogged blogging",
    "read": "reads reading",
    "dread": "dreads dreaded dreading",
    "bet": "bets betting",
    "let": "lets letting",
    "regret": "regrets regretted regretting",
    "permit": "permits permitted permitting",
    "decry": "decries decried decrying",
}


def _forms(lemma: str) -> list[str]:
    """Return all forms of a verb."""
    if lemma in _IRREGULAR:
        return [lemma, *_IRREGULAR[lemma].split()]
    if lemma.endswith("ee"):
        return [lemma, f"{lemma}s", f"{lemma}d", f"{lemma}ing"]
    if lemma.endswith("e"):
        return [lemma, f"{lemma}s", f"{lemma}d", f"{lemma[:-1]}ing"]
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return [lemma, f"{lemma[:-1]}ies", f"{lemma[:-1]}ied", f"{lemma}ing"]
    s = "es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return [lemma, f"{lemma}{s}", f"{lemma}ed", f"{lemma}ing"]


def _verbs(text: str) -> frozenset[str]:
    return frozenset(form for lemma in text.split() for form in _forms(lemma))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SAY = _verbs("say")
SPEAK_VERBS = _verbs("""
say add claim argue insist note explain warn report announce acknowledge admit predict recall write
declare state suggest complain tweet joke quip conclude observe remark assert contend maintain stress
emphasize emphasise reiterate reply respond answer confirm boast concede caution confess charge allege
lament vow pledge promise swear testify repeat estimate deny mention counter retort recount proclaim opine
muse disclose comment blog post hint counsel affirm attest brag gush exclaim rule reason speculate
forecast theorize hypothesize stipulate specify elaborate reassure marvel fume snap verify propose
recommend demand request reckon insinuate argue rebut underline highlight underscore shout yell
whisper scream text grumble
""")
"""Verbs of speech and writing: a quotation or a clause may follow, or stand before them."""

THINK = _verbs("""
believe think hope feel fear know doubt assume suspect realize realise understand guess imagine worry
agree wish figure expect anticipate reckon conclude presume trust dread learn recognize recognise accept
decide
""")
"""Verbs of thought: a clause may follow."""

SHOW = _verbs("show find indicate reveal project signal imply demonstrate reflect prove determine discover")
"""What documents, studies and findings do."""

TELL = _verbs("tell assure inform remind warn convince persuade notify advise caution promise")
"""Verbs that name the hearer before the content."""

ONLY_QUOTES = _verbs("continue ask begin shout yell wonder interject read sing go respond chant demand cry")
"""Verbs that close or open a quotation and take no bare clause."""

ASK = _verbs("""
ask wonder question inquire decide determine know discuss consider debate see explain understand
investigate examine clarify ponder say tell
""")
"""Verbs with an indirect question."""

PROMISE = _verbs("""
promise vow pledge threaten refuse agree decide hope want plan intend expect claim swear prefer wish offer
volunteer
""")
"""Verbs with an infinitive: vowed to stay."""

URGE = _verbs("""
urge ask tell encourage advise order instruct warn invite implore beg press challenge direct command
request want expect pressure call
""")
"""Verbs with somebody and an infinitive: urged them to stay."""

ALLEGED = _words("expected believed thought said known reported alleged projected supposed rumored rumoured")
"""Participles with an infinitive: is expected to stay."""

CALL = _verbs("call label dub brand name describe portray denounce dismiss decry nickname")
"""Verbs that name something in quotation marks: called it “a farce”."""
DEEM = _verbs("deem consider")
"""Verbs that name something without more ado: deemed it a farce."""
SEE_AS = _verbs(
    "see view describe portray regard dismiss denounce depict characterize characterise cast frame"
)
"""Verbs of seeing something as something."""

ACCUSE = _verbs("""
accuse criticize criticise blast fault castigate condemn blame rebuke praise thank knock chide scold slam
ridicule chastise denounce credit mock lambaste berate congratulate
""")
"""Verbs of judging somebody for something."""

SUPPORT_VERBS = _verbs("""
support oppose endorse favor favour reject back defend advocate propose demand recommend reiterate condemn
criticize criticise
""")
"""Verbs of taking sides, with a noun."""

CONSIDER = _verbs("consider contemplate favor favour suggest recommend propose oppose advocate admit deny")
"""Verbs with a gerund: considered leaving."""

TWO_WORD_VERBS = dict.fromkeys(_verbs("point"), "out") | dict.fromkeys(_verbs("make"), "clear")
"""Verbs of speech in two words."""

PREPOSITIONAL_CUES = {
    **dict.fromkeys(_verbs("call advocate push argue plead"), "for"),
    **dict.fromkeys(_verbs("warn argue caution rail campaign"), "against"),
    **dict.fromkeys(_verbs("talk complain worry speak boast vent"), "about"),
}
"""Verbs whose preposition brings the content."""

CLAIM_NOUNS = _words("""
claim claims belief idea hope hopes fear fears suggestion statement argument notion view allegation
allegations assertion contention accusation accusations assumption conclusion concern concerns worry
worries warning warnings promise recognition sense impression conviction expectation expectations
suspicion suspicions prediction admission announcement charge charges complaint complaints denial theory
perception message pledge rumors rumours rumor rumour reports report word doubt doubts insistence
confidence acknowledgment acknowledgement revelation revelations proposition opinion thought consensus
speculation agreement vow news assurance assurances
""")
"""Nouns whose "that" opens a claim."""

CLAIM_ADJECTIVES = _words("""
confident concerned hopeful afraid sure certain optimistic worried aware convinced clear adamant fearful
doubtful skeptical sceptical proud glad happy sorry surprised disappointed pleased unsure
""")
"""Adjectives whose "that" opens a claim."""

QUESTION_WORDS = _words("whether why how what who whom which if when where whose")

VERBS = SPEAK_VERBS | THINK | SHOW | TELL | ONLY_QUOTES
CLOSING_VERBS = SPEAK_VERBS | ONLY_QUOTES | TELL | _verbs("say believe think hope conclude show find")
"""Verbs that may close what they attribute: "…, she said"."""

CALLS = _verbs("call urge press")
BARE_CLAUSE_VERBS = SAY | SPEAK_VERBS | THINK | SHOW | TELL
"""Verbs whose clause may come without "that"."""
QUESTION_VERBS = ASK | SPEAK_VERBS | THINK | SHOW
FRONTED_CLAUSE_WORDS = _words("while although though when if because since as despite after asked whether")
"""Words that open a subordinate clause before the main one."""

FIRM_SPEECH_VERBS = SAY | _words(
    "told tells added adds wrote writes noted notes asked explained recalled replied warned argued"
)
"""Verbs of speech that are hardly ever participles after a comma."""

ATTITUDES = ASK | PROMISE | URGE | CALL | DEEM | SEE_AS | ACCUSE | SUPPORT_VERBS | CONSIDER | ALLEGED
SPEECH_FORMS = SAY | VERBS
CLAIM_CUES = SPEECH_FORMS | ATTITUDES
THIRD_PERSON_FORMS = frozenset(
    form for form in CLAIM_CUES if form.endswith("s") and form[:-1] in CLAIM_CUES | {"den", "repl"}
) | _words(
    "denies replies testifies stresses discusses confesses wishes presses decries dismisses worries tries"
)
"""Forms of the third person."""
PAST_FORMS = frozenset(form for form in CLAIM_CUES if form.endswith("ed")) | frozenset(
    form for forms in _IRREGULAR.values() for form in forms.split() if not form.endswith(("s", "ing"))
)
"""Forms of the past and participles."""

DEMONSTRATIVES = _words(
    "which that those these this many most some others both more few all each none another such several"
)
"""Determiners that can be a subject by themselves."""

CERTAIN_PAST_FORMS = _words("""
was were had did went came got made took gave became began saw knew said told thought found left kept held
stood sat brought bought built sent spent lost won met ran led read wrote spoke broke chose drew drove
fell felt fought flew grew hung heard hid hit hurt laid lay let lit meant paid put rose sang sank sold set
shook shot showed shut slept slid spread sprang stole struck swore taught tore threw understood woke wore
swept bore beat bet bent bound caught cast cost crept cut dealt dug ate forgot forgave froze quit rang
sought spun stuck stung swam swung wept withdrew
""")
FINITE_FORMS = _words("""
am is are was were has have had do does did will would shall should can could may might must ought ca wo
ain cannot 're 've 'll 'd 'm
""")
"""Verbs that are finite whatever stands around them."""

PRESENT_FORMS = _words("""
says thinks believes wants needs makes takes gives comes goes gets knows shows seems looks feels means
leads remains stands keeps runs wins loses faces holds lives works plans plays helps tells asks calls
hopes leaves becomes begins continues requires allows supports opposes owes deserves represents include
includes want need believe think know come go get take make give seem feel remain keep like love hate mean
deserve
""")
"""Frequent verbs of the present."""

NOUN_LIKE_FORMS = _words("""
figures claims reports notes plans shows hopes fears doubts charges answers comments posts rules states
questions calls offers requests demands orders challenges views projects signals worries wishes promises
pledges estimates blogs texts forecasts finds replies names labels supports backs feels proposes
""")
"""Forms of the third person that are rather nouns after another noun."""

HEARERS = _words("reporters me us him her them you it everyone everybody viewers voters")
TIME_WORDS = _words("""
monday tuesday wednesday thursday friday saturday sunday yesterday today earlier later late early recently
once repeatedly again publicly privately previously last this next week month year night morning afternoon
evening also still then often simply flatly tonight then happily bluntly quietly afterward afterwards
january february march april may june july august september october november december
""")
