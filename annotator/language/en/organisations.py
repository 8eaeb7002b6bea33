"""Words that tell an organisation or another thing with a name: general knowledge, small letters."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORGANISATION_ENDINGS = _words("""
inc inc. corp corp. co co. cos cos. ltd ltd. llc l.p. lp plc s.a. sa ag gmbh n.v. nv b.v. spa s.p.a. ab oy
a/s corporation company companies group groups holdings holding partners associates brothers bros bros. sons
incorporated limited industries enterprises systems technologies technology software pharmaceuticals
laboratories labs motors motor airlines airways air railways railway lines energy oil petroleum gas electric
electronics power communications telecommunications telecom telephone wireless media entertainment pictures
studios records press publishing publications books news times post journal tribune herald gazette observer
guardian telegraph chronicle examiner mirror daily weekly magazine review digest bulletin globe dispatch
inquirer sentinel courier bee register network networks radio television tv channel broadcasting bank banks
bancorp bankers savings trust trusts financial finance insurance assurance securities capital investments
investment investors fund funds management advisers advisors consulting markets exchange mart stores foods
brands beverages chemical chemicals materials steel metals mining resources properties realty products
services solutions international worldwide global party democrats republicans congress parliament senate
house commons council commission committee subcommittee board bureau agency administration authority
department ministry office service directorate secretariat tribunal court courts police force forces army
navy guard corps command brigade regiment battalion division squadron fleet militia front movement union
unions federation confederation league association associations alliance coalition society club institute
institution academy college university school schools faculty foundation endowment charity initiative
campaign project program programme organization organisation conference summit forum convention cup
championship championships games olympics open prix series bowl prize award awards medal act bill law treaty
agreement accord pact protocol amendment constitution resolution plan scheme show festival parade day week
war wars revolution uprising crisis scandal affair case study report survey poll index average ministries
orchestra philharmonic ensemble choir band ballet opera team united rovers wanderers athletic city albion
hotspur rangers cowboys yankees giants lions tigers bears eagles bulls warriors lakers celtics knicks mets
cubs braves dodgers padres astros jets patriots packers steelers caucus pac lobby cabinet government regime
utilities
""")
"""Last words of names that are bodies, firms, media, events and works rather than places or people."""

FIRM_ENDINGS = _words("""
inc inc. corp corp. co co. cos cos. ltd ltd. plc llc group holdings university party foundation industries
utilities motors airlines corporation company department committee commission association institute
""")
"""Endings whose bodies are often named by what stands before them alone: Ferro & Sons Inc., Ferro."""

TITLED_OFFICES = _words("""
department ministry office committee commission court board council bureau college party association staff
""")
"""Bodies that a title before them names: the Justice Department, the Governor's Office."""

ORGANISATION_WORDS = _words("""
national international american federal royal general united first global central federated standard
consolidated allied amalgamated democratic republican conservative labour liberal christian islamic jewish
catholic methodist baptist public civil human natural social economic political popular workers' people's
veterans affairs rights defense defence security health education commerce trade treasury labor
transportation justice homeland intelligence investigation environmental nuclear space food drug
""")
"""Words inside a name that make a body likely."""

KNOWN_ORGANISATIONS = _words("""
abc accenture acorn adidas aflac afp aig aipac airbnb airbus alibaba aljazeera alphabet amazon amnesty amtrak
ap apple arsenal aston at&t atf axios bbc bayer benetton blackrock blackwater bmw bnp boeing boj boko
breitbart brexit btselem buzzfeed caltech cato cbs cdc centcom chelsea chevrolet chevron chrysler cia cisco
citi citibank citicorp citigroup cnbc cnn coca-cola comcast congress costco covid covid-19 craigslist cspan
c-span daesh dea deutsche disney doj dow dhs dnc ebay ebola ec ecb efe enron epa epl espn eu everton exxon
exxonmobil facebook faa fannie farc fatah fbi fcc fda fed federer fema ferrari ffa fifa ford foxconn freddie
ftc g7 g8 g20 gao gazprom gchq gm goldman google gop greenpeace halliburton hamas hbo hezbollah hizbullah
honda hsbc hp huawei hud hyundai iaea ibm icc ice ied ikea imf instagram intel interpol ira irgc irs isil
isis islam isi isaf itv jcpoa jpmorgan kfc kgb kkr knesset komsomol kpmg lehman lego linkedin lgbt lockheed
lufthansa mastercard mcdonald mckinsey medicaid medicare mercedes merrill mgm microsoft mi5 mi6 mit
mitsubishi monsanto moody motorola mtv nafta naacp nasa nascar nasdaq nato nbc nba nestle nestlé netflix nfl
nhl nhs nike nintendo nissan nobel nokia novartis npr nra nsa nsc nyse nypd lapd oas obamacare oecd olympics
opec orthodox osce osha oxfam paypal pbs pentagon peta petrobras pfizer plo politico porsche prius procter
qaeda qaida raf rbs rca renault republican reuters rnc rotary rspca rte ryanair saab salesforce samsung
scotus sdf sec shiite siemens sinn skype snapchat sony spacex spd ssa starbucks state suez sunni swat swift
taliban target tass telegraph tesla texaco thomson tiktok time toshiba toyota treasury tsa twitter uber ucla
uefa ukip un unc unesco unhcr unicef unilever unison unita upi ups usaid usda usx uaw verizon viacom visa
volkswagen volvo walgreens walmart whatsapp who wikileaks wikipedia world wto wwf wwii xerox xinhua yahoo
yonhap youtube zoom bible koran quran torah internet hajj android iphone ipad windows christianity judaism
buddhism hinduism catholicism communism allah god jesus christ satan senate house capitol supreme pulitzer
grammy oscars emmy emmys muslim muslims jew jews arab arabs christian christians catholics sunnis shiites
kurds democrats republicans tory tories labour latinos hispanics mormon mormons nazi nazis marine marines
english french german spanish russian chinese arabic hebrew latin
""")
"""Well-known bodies, firms, media, creeds and other names that are neither a person nor a place."""
