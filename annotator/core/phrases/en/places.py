"""Names and heads of places: a small gazetteer from general knowledge, all in small letters.

Names of several words are parted by commas. An apostrophe is the straight one.
"""

from __future__ import annotations

Words = tuple[str, ...]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _names(text: str) -> frozenset[Words]:
    return frozenset(tuple(name.split()) for name in text.split(","))


COUNTRIES = _names("""
afghanistan, albania, algeria, andorra, angola, antigua, argentina, armenia, australia, austria, azerbaijan,
bahamas, the bahamas, bahrain, bangladesh, barbados, belarus, belgium, belize, benin, bhutan, bolivia,
bosnia, bosnia and herzegovina, bosnia - herzegovina, botswana, brazil, britain, great britain, brunei,
bulgaria, burkina faso, burma, burundi, cambodia, cameroon, canada, cape verde, central african republic,
chad, chile, china, colombia, comoros, congo, costa rica, croatia, cuba, cyprus, czech republic, czechia,
czechoslovakia, denmark, djibouti, dominica, dominican republic, east germany, east timor, ecuador, egypt, el
salvador, england, equatorial guinea, eritrea, estonia, eswatini, ethiopia, fiji, finland, france, gabon,
gambia, georgia, germany, ghana, greece, grenada, guatemala, guinea, guinea-bissau, guyana, haiti, honduras,
hungary, iceland, india, indonesia, iran, iraq, ireland, israel, italy, ivory coast, jamaica, japan, jordan,
kazakhstan, kenya, kosovo, kuwait, kyrgyzstan, laos, latvia, lebanon, lesotho, liberia, libya, liechtenstein,
lithuania, luxembourg, macedonia, north macedonia, madagascar, malawi, malaysia, maldives, mali, malta,
mauritania, mauritius, mexico, micronesia, moldova, monaco, mongolia, montenegro, morocco, mozambique,
myanmar, namibia, nepal, netherlands, holland, new zealand, nicaragua, niger, nigeria, north korea, northern
ireland, norway, oman, pakistan, palau, palestine, panama, papua new guinea, paraguay, peru, philippines,
poland, portugal, puerto rico, qatar, romania, russia, rwanda, samoa, saudi arabia, scotland, senegal,
serbia, seychelles, sierra leone, singapore, slovakia, slovenia, solomon islands, somalia, south africa,
south korea, south sudan, soviet union, ussr, u.s.s.r., spain, sri lanka, sudan, suriname, sweden,
switzerland, syria, taiwan, tajikistan, tanzania, thailand, timor-leste, togo, tonga, trinidad, trinidad and
tobago, tunisia, turkey, turkmenistan, uganda, ukraine, united arab emirates, emirates, uae, u.a.e., united
kingdom, uk, u.k., united states, united states of america, us, u.s., u.s, usa, u.s.a., uruguay, uzbekistan,
vanuatu, vatican, vatican city, venezuela, vietnam, south vietnam, north vietnam, wales, west germany, yemen,
yugoslavia, zaire, zambia, zimbabwe, rhodesia, hong kong, macau, greenland, guam, bermuda, gibraltar, korea,
zanzibar, american samoa, cayman islands, virgin islands, falkland islands, faroe islands, new caledonia
""")

STATES = _names("""
alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida, hawaii, idaho,
illinois, indiana, iowa, kansas, kentucky, louisiana, maine, maryland, massachusetts, michigan, minnesota,
mississippi, missouri, montana, nebraska, nevada, new hampshire, new jersey, new mexico, new york state,
north carolina, north dakota, ohio, oklahoma, oregon, pennsylvania, rhode island, south carolina, south
dakota, tennessee, texas, utah, vermont, virginia, washington state, west virginia, wisconsin, wyoming,
alberta, british columbia, manitoba, new brunswick, newfoundland, nova scotia, ontario, quebec, québec,
saskatchewan, yukon, new south wales, queensland, tasmania, western australia, south australia, northern
territory, bavaria, saxony, lower saxony, hesse, thuringia, brandenburg, westphalia, rhineland, catalonia,
andalusia, galicia, basque country, lombardy, tuscany, piedmont, umbria, sicily, sardinia, calabria, veneto,
provence, normandy, brittany, burgundy, alsace, lorraine, corsica, picardy, flanders, wallonia, crimea,
donbas, donbass, donetsk region, luhansk region, chechnya, dagestan, siberia, tatarstan, punjab, sindh,
balochistan, gujarat, kerala, maharashtra, tamil nadu, uttar pradesh, bihar, rajasthan, assam, kashmir,
jammu, west bengal, tibet, xinjiang, guangdong, sichuan, hunan, hubei, inner mongolia, yunnan, helmand,
kandahar province, kurdistan, anbar, darfur, transvaal, natal, kwazulu-natal, gauteng, biafra, chiapas,
oaxaca, chihuahua, sonora, sinaloa, jalisco, yucatan, cornwall, devon, dorset, essex, kent, norfolk, suffolk,
surrey, sussex, yorkshire, lancashire, cumbria, northumberland, oxfordshire, cambridgeshire, hampshire,
hertfordshire, somerset, wiltshire, lincolnshire, nottinghamshire, derbyshire, staffordshire, cheshire,
merseyside, tyneside, west midlands, east midlands, midlands, ulster, munster, connacht, leinster, hokkaido,
okinawa, kyushu, honshu, abkhazia, south ossetia, transnistria, nagorno-karabakh, transylvania, moravia,
bohemia, silesia, galilee, golan, judea, samaria, aceh, java, sumatra, bali, borneo, kalimantan, papua
""")
"""States, provinces, regions of countries and counties without the word."""

STATE_MARKS = _words("""
ala. ala ariz. ariz ark. calif. calif colo. colo conn. conn del. fla. fla ga. ga ill. ind. kan. kans. ky. ky
la. md. md mass. mass mich. mich minn. minn miss. mo. mont. neb. nebr. nev. n.h. n.j. n.m. n.y. n.c. n.d.
okla. okla ore. ore pa. pa r.i. s.c. s.d. tenn. tenn tex. tex vt. va. va wash. wash w.va. wis. wis wisc. wyo.
n.y n.j n.h n.c s.c n.m r.i d.c. d.c ont. que. b.c. alta. n.s. n.b. man. sask. nfld. n.s.w.
""")
"""Abbreviated states: no place unless a comma, a bracket or a dash stands before them."""

BARE_MARKS = _words("""
calif. conn. mass. minn. okla. tenn. fla. ariz. colo. n.y. n.j. n.h. n.c. s.c. n.m. r.i. d.c. w.va. wis.
""")
"""Abbreviated states that are hardly anything else."""

POSTAL = _words("""
al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok
or pa ri sc sd tn tx ut vt va wa wv wi wy dc
""")
"""Postal codes: places only in capitals, after a comma or in brackets."""

CITIES = _names("""
aarhus, aberdeen, abidjan, abu dhabi, abuja, acapulco, accra, ada, addis ababa, adelaide, aden, agra,
ahmedabad, akron, albany, albuquerque, aleppo, alexandria, algiers, allentown, almaty, amman, amsterdam,
anaheim, anchorage, ankara, ann arbor, annapolis, antalya, antwerp, arlington, asheville, ashgabat, asmara,
astana, asunción, asuncion, athens, atlanta, atlantic city, auckland, aurora, austin, avdiivka, bada,
baden-baden, baghdad, bakersfield, bakhmut, baku, baltimore, bamako, bangalore, bangkok, bangui, barcelona,
bari, basel, basra, bath, baton rouge, beijing, peking, beirut, belfast, belgrade, bengaluru, benghazi,
bergen, berkeley, berlin, east berlin, west berlin, bern, berne, bethlehem, beverly hills, bhopal, bilbao,
billings, birmingham, bishkek, bloomington, boca raton, bogota, bogotá, boise, bologna, bombay, bonn,
bordeaux, boston, boulder, bradford, brasilia, brasília, bratislava, brazzaville, bremen, bridgeport,
brighton, brisbane, bristol, brooklyn, bruges, brussels, bucha, bucharest, budapest, buenos aires, buffalo,
bujumbura, burlington, bursa, busan, pusan, cairo, calais, calcutta, calgary, cali, cambridge, canberra,
cancun, cancún, cannes, canterbury, cape town, caracas, cardiff, carson city, casablanca, cedar rapids,
chandigarh, chapel hill, charleston, charlotte, charlottesville, chattanooga, cheltenham, chengdu, chennai,
madras, chernihiv, chernobyl, chicago, chisinau, chongqing, christchurch, cincinnati, cleveland, cologne,
colombo, colorado springs, columbus, compton, conakry, concord, copenhagen, coral gables, cordoba, cork,
corpus christi, coventry, dakar, dallas, damascus, dar es salaam, darwin, davenport, davos, daytona beach,
dayton, dearborn, delhi, new delhi, denver, derby, derry, londonderry, des moines, detroit, dhaka, dijon,
dili, dnipro, doha, donetsk, dortmund, douma, dover, dresden, dubai, dublin, dubrovnik, dubuque, duluth,
dundee, dunkirk, durban, durham, dushanbe, düsseldorf, duesseldorf, dusseldorf, east hampton, edinburgh,
edmonton, eindhoven, el paso, entebbe, essen, eugene, evanston, exeter, fairbanks, fairfax, fallujah, fargo,
faridabad, ferguson, flint, florence, fort lauderdale, fort myers, fort wayne, fort worth, frankfurt,
freetown, freeport, fremont, fresno, fukushima, fukuoka, gaborone, galway, galveston, gary, gaza city,
gdansk, gdańsk, geneva, genoa, ghent, glasgow, gloucester, gothenburg, grand rapids, graz, green bay,
greensboro, greenville, greenwich, grenoble, grozny, guadalajara, guangzhou, guatemala city, guayaquil,
haifa, halifax, hamburg, hamilton, hanoi, hanover, harare, harrisburg, hartford, havana, hebron, heidelberg,
helsinki, herat, hiroshima, ho chi minh city, hoboken, west hollywood, homs, honolulu, houston, hull,
huntsville, hyderabad, idlib, indianapolis, innsbruck, iowa city, irpin, irvine, irving, islamabad, istanbul,
constantinople, ithaca, izmir, jackson, jacksonville, jaffa, jaipur, jakarta, jalalabad, jeddah, jenin,
jericho, jersey city, jerusalem, east jerusalem, johannesburg, juba, kabul, kaliningrad, kampala, kandahar,
kansas city, karachi, karbala, kathmandu, kazan, kharkiv, kharkov, khartoum, kherson, kiev, kyiv, kigali,
kingston, kinshasa, knoxville, kobani, kobe, kolkata, krakow, kraków, cracow, kramatorsk, kuala lumpur,
kunduz, kuwait city, kyoto, la paz, lagos, lahore, lansing, laredo, las vegas, latakia, lausanne, leeds,
leicester, leipzig, leningrad, lexington, lhasa, libreville, lille, lilongwe, lima, limerick, lincoln, linz,
lisbon, little rock, liverpool, livorno, ljubljana, lockerbie, lomé, london, long beach, los alamos, los
angeles, louisville, luanda, lubbock, lucerne, lucknow, luhansk, lusaka, lviv, lyon, lyons, madison, madrid,
malaga, málaga, malibu, malmo, malmö, manama, manassas, manaus, manchester, mandalay, manila, maputo,
maracaibo, mariupol, marrakech, marrakesh, marseille, marseilles, mecca, medellin, medellín, medina,
melbourne, melitopol, memphis, mexico city, miami, miami beach, midland, milan, milwaukee, minneapolis,
minsk, mobile, mogadishu, mombasa, monrovia, monte carlo, monterey, monterrey, montevideo, montgomery,
montpelier, montreal, montréal, moscow, mosul, mountain view, mumbai, munich, murmansk, muscat, nablus,
nagasaki, nagoya, nairobi, najaf, nanjing, nantes, napa, naples, nashville, nassau, ndjamena, new haven, new
london, new orleans, new york, new york city, newark, newcastle, newport, newport beach, niamey, nice,
nicosia, nizhny novgorod, norfolk, northampton, norwich, nottingham, nouakchott, novosibirsk, nuremberg,
oakland, odesa, odessa, oklahoma city, omaha, oran, orlando, osaka, oslo, ottawa, ouagadougou, oxford, padua,
palermo, palm beach, west palm beach, palm springs, palmyra, palo alto, panama city, paris, pasadena, peoria,
perth, perugia, peshawar, philadelphia, phnom penh, phoenix, pisa, pittsburgh, plymouth, podgorica, pokrovsk,
port moresby, port of spain, port-au-prince, portland, porto, portsmouth, potsdam, poznan, prague, pretoria,
princeton, pristina, providence, provo, pueblo, pune, pyongyang, quebec city, quetta, quito, rabat, rafah,
raleigh, ramadi, ramallah, rangoon, yangon, raqqa, ravenna, reading, redmond, reims, reno, reykjavik,
richmond, riga, rio de janeiro, rio, riverside, riyadh, roanoke, rochester, rome, rostov, rotterdam,
sacramento, saigon, salem, salisbury, salt lake city, salvador, salzburg, samarkand, san antonio, san
bernardino, san diego, san francisco, san jose, san josé, san juan, san salvador, sana'a, sanaa, santa ana,
santa barbara, santa clara, santa cruz, santa fe, santa monica, santiago, santo domingo, sao paulo, são
paulo, sapporo, sarajevo, sarasota, savannah, scottsdale, scranton, seattle, seoul, sevastopol, seville,
shanghai, sheffield, shenzhen, sherman oaks, shreveport, simferopol, skopje, sloviansk, sochi, sofia, south
bend, southampton, spokane, springfield, srebrenica, srinagar, st. louis, st. paul, st. petersburg, saint
petersburg, st. andrews, stalingrad, stamford, stanford, stavanger, stockholm, strasbourg, stratford,
stuttgart, suez, sunnyvale, surabaya, suva, sydney, syracuse, tabriz, tacoma, taipei, tallahassee, tallinn,
tampa, tangier, tashkent, tbilisi, tegucigalpa, tehran, teheran, tel aviv, telluride, the hague, hague,
thessaloniki, tianjin, tijuana, tikrit, timbuktu, tirana, tokyo, toledo, topeka, toronto, toulouse, trenton,
trieste, tripoli, tucson, tulsa, tunis, turin, tuscaloosa, tuzla, ulaanbaatar, uppsala, utrecht, vaduz,
valencia, valletta, valparaiso, vancouver, venice, verona, versailles, victoria falls, vienna, vientiane,
vilnius, vladivostok, volgograd, waco, warsaw, washington, washington d.c., waterloo, wellington, west point,
wichita, wilmington, winnipeg, winston-salem, wolverhampton, worcester, wroclaw, wuhan, xian, yalta, yaounde,
yaoundé, yekaterinburg, yerevan, yokohama, york, yorkshire, zagreb, zaporizhzhia, zurich, zürich, guantanamo,
guantánamo, guantanamo bay, waukesha, wausau, sandy hook, newtown, columbine, parkland, orem, cupertino,
redwood city, menlo park, white plains, yonkers, morristown, parsippany, san mateo, irvington, aspen, vail,
burbank, glendale, costa mesa, tempe, mesa, plano, garland, casper, cheyenne, bismarck, pierre, sioux falls,
sioux city, council bluffs, ames, rockford, evansville, terre haute, fort collins, lake placid, saratoga
springs, erie, bethesda, rockville, mclean, reston, quantico, l.a., d.c.
""")

REGIONS = _names("""
africa, north africa, west africa, east africa, central africa, southern africa, sub-saharan africa, america,
north america, south america, latin america, central america, americas, antarctica, arctic, asia, south asia,
southeast asia, central asia, east asia, asia minor, asia-pacific, australasia, balkans, baltics, caribbean,
caucasus, eurasia, europe, western europe, eastern europe, central europe, northern europe, southern europe,
far east, middle east, mideast, near east, oceania, pacific, atlantic, mediterranean, scandinavia, benelux,
iberia, maghreb, sahel, sahara, levant, persian gulf, gulf coast, gulf of mexico, gulf of aden, horn of
africa, cape horn, midwest, northeast, northwest, pacific northwest, southwest, deep south, new england, bay
area, east coast, west coast, rust belt, sun belt, farm belt, bible belt, great plains, great lakes,
appalachia, west bank, gaza, gaza strip, golan heights, sinai, sinai peninsula, red sea, black sea, baltic
sea, baltic, caspian sea, north sea, dead sea, south china sea, east china sea, arabian sea, sea of japan,
sea of azov, adriatic, aegean, english channel, suez canal, panama canal, strait of hormuz, bosporus,
bosphorus, amazon basin, nile, danube, rhine, thames, volga, dnieper, ganges, mekong, yangtze, tigris,
euphrates, mississippi delta, rio grande, seine, himalayas, himalaya, alps, andes, pyrenees, rockies, rocky
mountains, urals, carpathians, apennines, hindu kush, kilimanjaro, mount everest, everest, eurozone, euro
zone, yellowstone, yosemite, grand canyon, everglades, cape cod, long island, staten island, rhode island,
manhattan, lower manhattan, bronx, the bronx, queens, harlem, soho, tribeca, greenwich village, upper east
side, upper west side, east side, west side, south side, times square, central park, park avenue, fifth
avenue, ground zero, ellis island, alcatraz, rose garden, red square, trafalgar square, hyde park, heathrow,
gatwick, wembley, wimbledon, tahrir square, tiananmen square, disneyland, disney world, las ramblas,
champs-élysées, eiffel tower, camp david, mar-a-lago, pearl harbor, pearl harbour, rikers island, san
quentin, sing sing, fort hood, fort bragg, los alamos, cape canaveral, loch ness, isle of wight, isle of man,
crete, rhodes, cyclades, ibiza, majorca, mallorca, canary islands, tenerife, azores, madeira, hebrides,
orkney, shetland, galapagos, easter island, tahiti, maui, oahu, kauai, nantucket, martha's vineyard, key
west, florida keys, tierra del fuego, patagonia, amazon, pampas, mesopotamia, east anglia, highlands, lake
district, peak district, cotswolds, west country, home counties, riviera, french riviera, costa del sol,
black forest, ruhr, saar, prairies, indochina, manchuria, kamchatka, sakhalin, kuril islands, senkaku
islands, spratly islands, scottish highlands, southern california, northern california, upstate new york,
west texas, northern virginia, central valley, orange county, indian ocean, pacific ocean, atlantic ocean,
arctic ocean, diego garcia, outback, great barrier reef, niagara falls, lake michigan, lake erie, lake
geneva, hudson, potomac, east river, dakotas, carolinas, southeast, heartland
""")
"""Continents, seas, mountains, islands, quarters and landmarks."""

SEATS = _names("""
white house, wall street, capitol hill, kremlin, downing street, madison avenue, whitehall, westminster,
broadway, hollywood, pentagon, buckingham palace, oval office, west wing, silicon valley, elysee palace,
élysée palace
""")
"""Places that mostly stand for those who work there."""

HEADS = _words("""
abbey airbase airfield airport aisle alley arcade arch archipelago arena arms arboretum avenue ave ave.
baptistery barracks base basilica bay bayou beach bend boulevard blvd blvd. bridge brook building buildings
canal canyon cape capitol castle cathedral cave caves cemetery centre center channel chapel church circle
circus cliff cliffs close club coast coffeehouse coliseum colosseum common convent corner corners cottage
county courthouse court courtyard cove creek crescent cross crossing dam delta desert diner district dock
docks dome downs drive embassy estate estuary exchange expressway falls farm farms ferry field fields fjord
ford forest fort fortress forum freeway gallery garden gardens gate gates glacier glen gorge grange green
grove gulf hall halls harbor harbour haven headland heath heights highway hill hills hospital hospice hostel
hotel house ice inlet inn island islands isle isles junction jail lake lakes landing lane library lighthouse
lock lodge mall manor mansion marina market marsh meadow meadows memorial metro mews mill mills mine mint
minster monastery monument moor mosque motel motorway mount mountain mountains museum neck oblast observatory
ocean orchard palace parish park parkway pass passage path peak peninsula penitentiary pier place plain
plains planetarium plant plateau plaza point pond pool port prairie prison priory promenade province pub
quarter quarry quay quays ranch range rd rd. reef refinery reservation reservoir resort restaurant ridge ring
rink river road rock rocks row ruins sanctuary sands sea seamount shipyard shore shores shrine slip sound
speedway spire spring springs square stadium stage station steps strait straits strand street st st. strip
studio studios summit swamp synagogue tavern temple terminal terrace theatre theater tomb tower towers town
township track trail tunnel turnpike university valley velodrome view viaduct villa village vineyard ward
waterfront way weir wharf wood woods works yard yards zoo café cafe clinic college school warehouse brewery
bakery oratory
""")
"""Last words of names of places."""

SHY_HEADS = _words("""
arms base bay building center centre church close club college common court cross district exchange farm
farms field fields ford forum green hall heights house ice market memorial mill mills park place plant point
port pass range ring rock row school sound spring springs stage station strand studio studios summit track
university view ward way wood woods works yards museum gallery library hospital theatre theater hotel embassy
temple hill young lane grange mint wells river brook glen lock hills street waters banks dale
""")
"""Heads that are as often the last word of a firm, a body or a surname."""

NUMBERED = _words("route highway interstate pier terminal gate platform junction bridge hangar camp motorway")
"""Places that have a number for a name: Route 9."""

LEADS = _words("""
lake lakes mount mt mt. port fort ft. cape isle saint st st. san santa santo são los las el new north south
east west upper lower great little camp point loch glen ben rio río puerto playa la le les monte villa val
bad sankt tel al beit tell ain khan nova novo nizhny northern southern eastern western central greater inner
outer old downtown kfar ras wadi sidi deir rancho palm grand
""")
"""First words of names of places of two or more words."""

COMPASS = _words("""
north south east west northern southern eastern western central upper lower greater downtown
""")

BEFORE = _words("""
in at near from outside inside across around through throughout toward towards into to via beyond within
above below along off onto over past between under opposite behind beside amid
""")
"""Prepositions after which a name is likely a place."""

STRONG = _words("in near outside inside across throughout into via")
"""Those after which hardly anything else with a name stands."""

GOING = _words("""
left reached visited entered toured visiting leaving entering reaching touring fled fleeing crossed crossing
invaded invading attacked bombed hit struck seized captured flew returned moved traveled travelled drove
sailed
""")
"""Verbs whose object may be a place."""

KINDS = _words("""
capital city cities town towns village villages suburb suburbs state states county province provinces region
island islands port district neighborhood neighbourhood nation country countries resort hamlet borough
harbour harbor area peninsula municipality river lake headquarters airport enclave settlement prefecture dam valley coast border
""")
"""Nouns that tell a place: the city of X, the town X, X, a suburb of Y."""
