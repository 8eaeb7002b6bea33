"""English word lists for number phrases: data in one place, all in small letters."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in text.split(","))


CARDINALS = _words("""
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety zero
""")
SINGULAR_SCALES = _words("hundred thousand million billion trillion dozen mn bn tn")
PLURAL_SCALES = _words("hundreds thousands millions billions trillions dozens tens scores")
NUMBER_SCALES = SINGULAR_SCALES | PLURAL_SCALES
VAGUE_QUANTIFIERS = _words("several many few some countless")
"""Words that belong to a number when a scale follows: several hundred, many thousands."""

FRACTION_NAMES = _words("""
half third quarter fifth sixth seventh eighth ninth tenth thirds quarters fifths sixths sevenths eighths
ninths tenths halves fourth fourths
""")
"""Names of fractions."""

BEFORE_HALF_AS_PART = _words(
    "first second other better last latter next early late opening closing top bottom"
)
"""Words before "half" that make it a part of something, not a number."""

APPROXIMATORS = _phrases("""
no more than, no less than, no fewer than, not more than, as much as, as few as, as little as, up to,
at least, at most, at the most, at the very least, more than, less than, fewer than, better than, well over,
just over, just under, just about, just above, just below, only about, well above, well below, well under,
a little over, a little more than, slightly more than, slightly less than, far more than, a mere,
close to, upwards of, in excess of, about, around, roughly, nearly, almost, approximately, some, over,
approx., circa, barely, hardly, perhaps, maybe, exceeding, much more than, many more than
""")
"""What may stand before a number and belongs to it; the longest that fits wins."""

OPTIONAL_APPROXIMATORS = _phrases("""
only, just, even, exactly, an estimated, as many as, a total of, an average of, an additional, merely,
below, above, under
""")
"""Words before a number that some annotators take in and others leave out."""

MOVEMENT_VERBS = _words("""
rose rise rises risen rising fell fall falls fallen falling grew grow grows growing climbed climb climbs
climbing jumped jump jumps edged inched moved move moves went go goes going came come comes add adds added
stand stands stood held hold holds live lives lived take takes took taken drop drops dropped dropping bring
brings brought push pushed pushes drive drove pick picked sign signed signs set sets turn turned turns line
lined ended end
""")
"""Verbs after which "up to" or "over" is a direction, or part of the verb."""

HANDOVER_VERBS = _words("""
hand hands handed handing took take takes taking turn turned turning spread looked watched fought fight
fights fighting argued arguing
""")
"""Verbs of which "over" is a part before what is handed over too."""

LEVEL_WORDS = _words("up over above below under")
"""Approximators that may belong to the verb before them."""

MODIFIERS = _words("""
other more such own same additional further separate fewer less worse last next later early far very most
least outside inside once
""")
"""Function words that may stand between a number and what it counts."""

IRREGULAR_PLURALS = _words("""
people men women children police feet teeth mice geese troops personnel cattle sheep fish aircraft staff
media data criteria crew others youth folk folks businessmen businesswomen congressmen policemen policewomen
firemen fishermen gunmen servicemen spokesmen lawmen salesmen craft species series alumni bacteria phenomena
lives homeless offspring congresswomen assemblymen councilmen clergy infantrymen freshmen craftsmen workmen
statesmen horsemen crewmen clergymen cameramen countrymen grandchildren schoolchildren stepchildren swine
deer salmon trout poultry spacecraft headquarters stimuli nuclei fungi syllabi curricula memoranda cacti
analyses crises theses hypotheses oxen lice dice alumnae spokespeople salespeople townspeople spokeswomen
""")
"""Plurals without a plain -s, and nouns that are counted in the singular form."""

NOT_COUNTED_PLURALS = _words("""
is was has does this his its us yes as across unless whereas less versus news politics economics congress
business process access success address press progress class pass cross boss mass crisis basis analysis
campus focus status bonus virus minus various serious previous famous religious thus plus perhaps always
sometimes besides towards afterwards says goes overseas seems upwards downwards indoors outdoors abroad
nowadays mathematics physics athletics basketball ethics grass glass gas bus express fitness wireless
homeless
""")
"""Words that end in s and are not the plural of what a number counts."""

PLURAL_MODIFIERS = _words("""
sports sales operations securities savings arms systems goods games women's men's children's singles doubles
communications telecommunications logistics human-rights rights services affairs relations electronics
sanctions narcotics drugs customs graphics robotics parks trades united states los las
""")
"""Plural forms that often stand before the noun that is counted: two sales managers."""

MEASURES = _words("""
km kilometre kilometer mile metre meter foot ft inch kg kilogram gram ton tonne mph acre hectare degree
barrel litre liter gallon mb gb tb mw kw hp lb lbs cm mm megawatt kilowatt miles kilometres kilometers
metres meters feet inches kilograms kilos grams tons tonnes pounds acres hectares degrees barrels litres
liters gallons megawatts kilowatts yards yard ounces ounce bushels bushel millimetres millimeters
centimetres centimeters
""")
"""Measures."""

REPETITION_NOUNS = _words("times")
"""Nouns of multiplication and repetition."""

NOUN_SEARCH_STOPS = _words("""
said told asked wanted went came got made took gave had became began saw knew voted died say think believe
want need call go come take make get agree favor favour met won lost held left kept led ran sat stood sent
brought bought sold spent paid felt thought caught taught fought sought built meant put cut hit let fell
rose grew drew threw flew wrote spoke chose broke drove rode ate hid shook struck stuck swam sang drank sank
found heard read lay laid lie lived live help include remain seem appear regarding concerning including
following according involving containing using responsible eligible capable familiar tend become begin start
continue try hope plan face deserve belong exist happen arrive return work play serve stay know see look
give keep like love hate prefer require expect follow join support oppose stand sit fall rise fly write
speak choose break drive ride eat hide fight seek buy sell spend pay feel meet win lose hold leave lead run
send bring refuse higher lower longer shorter larger smaller bigger better worse apart alone each apiece
together ahead behind short old ago away long wide tall deep high thick later earlier strong worth aboard
overall percent full-time per annually monthly weekly daily yearly out up down off likely unlikely able
unable due dead ill hurt alive present available absent
""")
"""Verbs and adverbs that end the search for what a number counts."""

FIRM_NOUN_SEARCH_STOPS = NOUN_SEARCH_STOPS - _words("""
lead plan play face help call need work stand drive hit read cut run support fight love hope like start old
long wide tall deep high thick strong full-time daily weekly monthly annually yearly short lower higher
larger smaller bigger longer shorter better later earlier ill dead overall likely able present available
""")
"""Of these, the words that end the search even where a plural noun still follows."""

BEFORE_PRONOUN_ONE = _words("no this that any every each which another single the")
"""Words that make a pronoun of "one"."""

ONE_VERBS = _words("""
remains says is was has does goes makes takes gives comes gets shows wants needs means seems looks gains
believes thinks knows keeps leaves lives runs includes begins stands holds plays works becomes happens
appears belongs sits tells feels calls
""")
"""Verbs after "one" and its noun."""

AGE_WORDS = _words("age aged ages turned turning turns")
"""Words before an age."""

NUMBERED_NOUNS = _words("""
no no. nos nos. number numbers article articles chapter chapters section sections page pages part parts
phase phases group groups grade grades level levels room rooms route routes highway line lines type model
figure figures table tables verse act acts title day days week year post posts channel gate flight
resolution proposition measure amendment psalm area zone ward unit units pier platform terminal local
version volume vol vol. step bus road lot district precinct apollo boeing airbus windows formula interstate
""")
"""Words that a number names (Article 5), so that it counts nothing."""

VOTE_NOUNS = _words("vote votes ruling decision margin majority win victory lead loss")
"""Nouns after a result of two numbers: a 382-37 vote."""

COMPOUND_UNITS = _words("member seat page person man woman bed unit story storey vote")
"""Singular nouns after a number that stand before another noun: a 3 million member union."""

MONEY_NOUNS = _words("crowns crown cents bucks quid grand euros")
"""Further names of money, as the last word of what is counted."""

LY_NOUNS = _words(
    "family supply ally rally monopoly assembly daily weekly monthly reply bully july italy fly"
)
"""Words in -ly that are no adverbs."""

ING_NOUNS = _words("""
meeting building hearing wedding opening painting killing shooting ruling filing finding listing offering
warning evening morning ceiling feeling drawing ending reading setting string ring king wing thing spring
sibling bombing crossing railing landing sitting briefing gathering housing clothing funding training
parking banking farming mining fishing shipping manufacturing engineering trading marketing
""")
"""Words in -ing that may end what "one" counts."""

BEFORE_ADJECTIVE_ONLY = _words("the a an his her its their our my your")
"""Words before an "only" that is an adjective: the only two."""
