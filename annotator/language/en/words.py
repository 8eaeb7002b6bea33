"""English word lists for the phrase rules: data in one place, all in small letters.

An apostrophe in a list is the straight one; the view of a sentence folds the others into it.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words("""
a an the this that these those each every either neither some any no all both another such what which whose
my your his her its our their much many most more few fewer less several other others own same enough
""")
PRONOUNS = _words("""
i me myself you yourself he him himself she herself it itself we us ourselves they them themselves who whom
whoever mine yours hers ours theirs one's everyone everybody everything someone somebody something anyone
anybody anything nobody nothing none there here
""")
SUBJECT_WORDS = _words("""
i you he she it we they there this that these those nobody everyone everybody someone what who
""")
PREPOSITIONS = _words("""
about above across after against along amid amidst among around as at before behind below beneath beside
besides between beyond by despite down during except for from in inside into like near of off on onto out
outside over past per since through throughout till to toward towards under until unto up upon via with
within without versus
""")
CONJUNCTIONS = _words("""
and or but nor so yet because although though while whereas if unless when whenever where wherever than
whether why how once lest plus
""")
AUXILIARIES = _words("""
am is are was were be been being has have had having do does did doing will would shall should can could may
might must ought not n't 's 're 've 'll 'd 'm ca wo sha ain cannot
""")
ADVERBS = _words("""
also again ago already always away back even ever far first here however just later lately maybe meanwhile
moreover never next now nowadays often once only otherwise perhaps please quite rather really recently so
sometimes soon still then there therefore thereby thus today together tomorrow tonight too very well
yesterday yet instead indeed nevertheless nonetheless furthermore hence finally eventually elsewhere
apparently
""")
FUNCTION_WORDS = DETERMINERS | PRONOUNS | PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | ADVERBS

ENGLISH_MARKERS = _words(
    "the of and to that with for by from he she they is are were said has had this their 's"
)
"""Words that tell English from other languages."""

SENTENCE_OPENERS = _words("""
according another asked asking critics police officials official authorities residents voters experts
analysts researchers scientists supporters opponents observers sources investigators prosecutors lawmakers
witnesses doctors students teachers workers farmers families children women men people others thousands
hundreds dozens millions democrats republicans former given last late early earlier next most much many part
half several such dear thanks yes no ok well oh hi hello welcome sorry please compare consider imagine
remember let lets look see think take make get go come give read watch click follow share photo photos image
images video caption source update updated breaking correction editor editors news analysis opinion
exclusive new old good bad great big small long short high low federal national international local state
foreign domestic public private political economic social military today tomorrow yesterday tonight during
despite including based born speaking referring following citing time times money business government
congress parliament court courts troops rebels protesters inspectors organisers organizers campaigners
activists advocates aides colleagues friends neighbours neighbors nurses patients parents fans players teams
companies firms investors banks traders shares stocks prices sales profits exports imports things thing sir
madam ladies gentlemen mom dad god heaven
""")
"""Words that often open a sentence with a capital and are no names."""

NOUN_ENDINGS = (
    "ing",
    "ly",
    "tion",
    "sion",
    "ment",
    "ness",
    "tions",
    "ments",
    "ities",
    "ity",
    "ists",
    "ance",
    "ence",
)
"""Endings that tell a common word at the start of a sentence from a name."""

PARTICLES = _words("""
van der den de von di da la le du bin ibn al el dos das del della ter ten ben zu af av y abu
""")

TITLES = _words("""
mr mr. mrs mrs. ms ms. miss dr dr. prof prof. rev rev. sir dame sen sen. rep rep. gov gov. lt lt. col col.
gen gen. capt capt. cpl cpl. sgt sgt. maj maj. cmdr cmdr. adm adm. hon hon. president senator
representative governor congressman congresswoman minister premier secretary ambassador mayor director
chairman chairwoman chairperson chief commissioner professor doctor lieutenant colonel sergeant captain
admiral commander detective inspector constable sheriff reverend archbishop cardinal sultan emir sheikh
ayatollah imam rabbi spokesman spokeswoman spokesperson ceo cfo attorney councillor councilman councilwoman
councilor alderman lord lady baroness baron superintendent brigadier corporal nurse envoy undersecretary
justice treasurer officer administrator comptroller chancellor speaker leader editor correspondent reporter
analyst strategist pollster lawyer founder owner manager economist author actor actress singer coach critic
expert researcher scientist historian adviser advisor aide candidate nominee colleague lawmaker activist
activists vicar pastor billionaire investor businessman businesswoman senators representatives presidents
governors ministers messrs messrs. drs. mmes. professors justices ambassadors congressmen attorneys reps.
sens. govs.
""")
"""Words before a person's name that are not part of it; with a capital they may stand in a name run."""

AMBIGUOUS_TITLES = _words("""
king queen prince princess pope bishop judge dean major general marshal saint father mother sister
""")
"""Titles that are also parts of names; they count as titles at the start of a run alone."""

TITLE_MODIFIERS = _words("""
deputy vice prime foreign finance interior defence defense home shadow chief executive assistant associate
senior former acting interim attorney general managing first under secretary house senate majority minority
supreme court district police state press national security campaign communications political party
democratic republican congressional presidential
""")

NAME_SUFFIXES = _words("jr jr. sr sr. ii iii iv v vi")
DEGREES = _words("m.d. ph.d. phd md esq esq. qc kc mp mep d.d.s. m.p. cbe obe mbe")
"""What may follow a person's name and is not part of it."""

PARTIES = _words("democrat democrats republican republicans conservatives liberals socialists")
"""Party members after a place: the Michigan Republican."""

OFFICE_NOUNS = _words("""
state education defence defense health commerce homeland security interior treasury labor labour energy
agriculture finance transportation transport justice war trade the exchequer foreign affairs human services
staff police
""")
"""What a title may be of: Secretary of State, Minister of Education."""

HYPHEN_SUFFIXES = _words("""
led era style like based born run made type area wide free held only rich poor level size owned backed wing
old time term elect ring ringing a an of to and the in
""")
"""Words after a hyphen that a name does not go on with: U.S.-led."""

DEMONYMS = _words("""
afghan african albanian algerian american angolan arab argentine argentinian armenian asian australian
austrian azerbaijani bahraini bangladeshi belarusian belgian bolivian bosnian brazilian british bulgarian
burmese cambodian cameroonian canadian chadian chilean chinese colombian congolese croatian cuban cypriot
czech danish dutch ecuadorian egyptian emirati english estonian ethiopian european filipino finnish french
georgian german ghanaian greek guatemalan haitian honduran hungarian icelandic indian indonesian iranian
iraqi irish israeli italian jamaican japanese jewish jordanian kazakh kenyan korean kosovar kurdish kuwaiti
latino laotian latvian lebanese liberian libyan lithuanian malaysian maltese mexican moldovan mongolian
moroccan mozambican muslim christian catholic protestant orthodox hindu buddhist islamic namibian nepalese
nicaraguan nigerian norwegian omani pakistani palestinian panamanian paraguayan peruvian polish portuguese
qatari romanian russian rwandan saudi scottish senegalese serbian singaporean slovak slovenian somali
spanish sudanese swedish swiss syrian taiwanese tanzanian thai tunisian turkish ugandan ukrainian uruguayan
uzbek venezuelan vietnamese welsh yemeni zambian zimbabwean western eastern northern southern democrat
democratic republican conservative liberal labour communist socialist nazi soviet gop hispanic californian
texan parisian londoner
""")
"""Adjectives of nation, creed and party: alone they are no names; a plural -s is taken off first."""

OF_NAME_HEADS = _words("""
university college institute school academy bank department ministry district republic kingdom state states
gulf bay sea strait straits cape isle island islands port city town county province principality house court
church cathedral temple mosque palace tower museum library board council chamber bureau office federation
union association society league organisation organization committee commission congress parliament assembly
army duchy commonwealth emirate sultanate horn lake mount river valley plains region territory archdiocese
diocese hall hospital art centre center bridge square avenue street cafe café restaurant market park road
""")
"""Heads of names that go on with "of": University of …, Gulf of …."""

WEEKDAYS = _words("""
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
saturdays sundays mon. tue. tues. wed. thu. thurs. fri. sat. sun. weekday weekend
""")
MONTHS = _words("""
january february march april may june july august september october november december jan jan. feb feb. mar.
apr apr. jun jun. jul jul. aug aug. sep sep. sept sept. oct oct. nov nov. dec dec.
""")
HOLIDAYS = _words("christmas easter ramadan thanksgiving halloween passover")
DATES = WEEKDAYS | MONTHS | HOLIDAYS

NUMBER_WORDS = _words("""
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety zero
""")
SCALE_WORDS = _words("""
hundred thousand million billion trillion dozen score hundreds thousands millions billions dozens tens
""")
PERCENT = _words("% percent pct pct. ‰")
CURRENCY_SIGNS = frozenset("$£€¥₹₽₩₪₺₴") | {"us$", "c$", "a$", "hk$", "r$"}
CURRENCIES = _words("""
dollar dollars euro euros pound pounds cent cents pence penny yen yuan rouble roubles ruble rubles rupee
rupees franc francs mark marks lira peso pesos krona kronor kroner shekel shekels won bitcoin usd eur gbp
baht dirham dirhams
""")
DURATIONS = _words("""
second seconds minute minutes hour hours day days night nights week weeks weekend weekends month months year
years decade decades century centuries quarter quarters fortnight semester semesters millennia millennium yr
yrs mins hrs
""")
CLOCK_WORDS = _words("a.m. p.m. am pm a.m p.m o'clock gmt est edt pst utc bst cet")
PLURALS = _words("""
people men women children police feet teeth mice geese troops personnel cattle sheep fish aircraft staff
media data criteria crew others youth folk businessmen businesswomen congressmen policemen policewomen
firemen fishermen gunmen servicemen spokesmen lawmen salesmen women's craft species series percent voters
alumni bacteria phenomena
""")
NOT_PLURAL_WORDS = _words("""
says has was is does goes makes takes gives comes gets shows wants needs means seems looks gains plus thus
perhaps always sometimes besides towards afterwards this his its us yes as across unless whereas less versus
news politics economics congress business process access success loss address press progress class pass
cross boss mass crisis basis analysis campus focus status bonus virus minus various serious previous famous
religious continues believes thinks knows calls keeps leaves lives runs remains includes
""")
"""Words that end in s and are not the plural of what a number counts."""

SPEECH_VERBS = _words("""
said say says saying told tell tells telling added adds adding claimed claims claiming claim argued argues
arguing argue insisted insists insisting insist believes believe believed thinks thought think hopes hope
hoped
""")
"""Verbs of speech and thought whose content often comes without "that"."""

SPEECH_VERBS_WITH_THAT = _words("""
acknowledged acknowledges acknowledging admitted admits admitting agreed agrees alleged alleges alleging
announced announces announcing asserted asserts asserting assured assures boasted boasts cautioned cautions
charged charges complained complains complaining concluded concludes concluding confirmed confirms
confirming contended contends contending declared declares declaring denied denies denying disclosed
discloses emphasized emphasised emphasizes estimated estimates estimating expects expected explained
explains explaining feared fears feels felt found finds finding guaranteed guarantees hinted hints indicated
indicates indicating informed informs knows knew learned learns maintained maintains maintaining mentioned
mentions noted notes noting observed observes observing pledged pledges pointed points predicted predicts
predicting promised promises promising proposed proposes recalled recalls recalling recommended recommends
remarked remarks replied replies reported reports reporting responded responds revealed reveals revealing
ruled rules showed shows showing stated states stating stressed stresses stressing suggested suggests
suggesting suspected suspects swore sworn testified testifies testifying threatened tweeted tweets
understands understood vowed vows warned warns warning worried worries wrote writes writing concedes
conceded conceding demanded demands urged urges doubts doubted
""")
"""Verbs whose content is taken only after "that"; after it, before it and in quotations they are cues too."""

SPEECH_CUES = SPEECH_VERBS | SPEECH_VERBS_WITH_THAT
REPORTING_VERBS = _words(
    "said says told added warned argued insisted explained recalled believes thinks tweeted"
)
"""Verbs of speech in whose subject one expects a person."""

NAMES_IN_S = _words("""
adams andrews banks barnes bates bias brooks burns charles collins cummings curtis davies davis dennis
edwards ellis evans francis gates gonzales graves griffiths harris hastings hayes higgins hobbs holmes
hopkins hughes jacobs james jenkins jones keys lewis lucas lyons marcus matthews mills morris myers nicholas
nichols nicolas owens parsons perkins peters phillips powers richards rivers roberts robbins rogers sanders
saunders simmons simons stephens stevens summers thomas travis walters waters watkins watts wells wilkins
williams woods yates arkansas athens brussels calais cannes cyprus dallas damascus downs flanders honduras
illinois kansas lagos laos las massachusetts mauritius minneapolis naples netherlands paris philippines
texas tripolis versailles wales emirates hamas congress reuters times airbus siemens mercedes isis
""")
"""Names that end in s, so that they are not taken for a plural at the start of a sentence."""
