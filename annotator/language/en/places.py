"""Names and heads of places: a small gazetteer from general knowledge, all in small letters.

Names of several words are parted by commas. An apostrophe is the straight one.
"""

from __future__ import annotations

PlaceWords = tuple[str, ...]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _names(text: str) -> frozenset[PlaceWords]:
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

STATES_AND_PROVINCES = _names("""
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

UNAMBIGUOUS_STATE_MARKS = _words("""
calif. conn. mass. minn. okla. tenn. fla. ariz. colo. n.y. n.j. n.h. n.c. s.c. n.m. r.i. d.c. w.va. wis.
""")
"""Abbreviated states that are hardly anything else."""

POSTAL_CODES = _words("""
al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok
or pa ri sc sd tn tx ut vt va wa wv wi wy dc
""")
"""Postal codes: places only in capitals, after a comma or in brackets."""

CITIES = _names("""
aachen, aalborg, aarhus, aberdeen, aberystwyth, abidjan, abilene, abu dhabi, abuja, acapulco, accra, ada,
adana, addis ababa, adelaide, aden, afrin, agadir, agra, ahmedabad, ahvaz, ajaccio, akron, albany,
albuquerque, aleppo, alexandria, algiers, alicante, alice springs, allahabad, allentown, almaty, almería,
amarillo, ames, amiens, amman, amritsar, amsterdam, anaheim, anchorage, andover, angers, ankara, ann arbor,
annapolis, annecy, antalya, antananarivo, antofagasta, antwerp, appleton, arequipa, arkhangelsk, arlington,
armonk, arnhem, arusha, ashdod, asheville, ashgabat, ashkelon, asmara, aspen, astana, asuncion, asunción,
aswan, athens, atlanta, atlantic city, auckland, augsburg, augusta, aurora, austin, avdiivka, avignon,
baalbek, bada, badajoz, baden-baden, baghdad, baguio, baidoa, bakersfield, bakhmut, baku, baltimore, bamako,
bamiyan, banda aceh, bandar abbas, bandung, banff, bangalore, bangkok, bangor, bangui, banja luka, bar
harbor, barcelona, bari, bariloche, barranquilla, basel, basra, bath, baton rouge, battambang, batumi,
beaumont, beaverton, beersheba, beijing, beira, beirut, beit lahia, belfast, belgorod, belgrade, bellevue,
belo horizonte, belém, bengaluru, benghazi, benin city, bentonville, berdiansk, bergamo, bergen, berkeley,
berlin, bern, berne, beslan, bethesda, bethlehem, beverly hills, bhopal, bialystok, białystok, bielefeld,
bilbao, billings, biloxi, binghamton, birmingham, bishkek, bismarck, blackpool, blantyre, bloemfontein,
bloomfield hills, bloomington, boca raton, bochum, bodrum, bogota, bogotá, boise, bologna, bolton, bombay,
bonn, bordeaux, boston, boulder, bournemouth, boynton beach, bozeman, bradford, braga, brampton, brasilia,
brasília, bratislava, brazzaville, breda, bremen, brescia, bridgeport, bridgetown, brighton, brisbane,
bristol, brno, brockton, brooklyn, brownsville, bruges, brussels, bryansk, bucaramanga, bucha, bucharest,
budapest, buenos aires, buffalo, bujumbura, bukavu, bulawayo, bunia, burbank, burgas, burlington, bursa,
busan, bushehr, butte, bydgoszcz, cadiz, caen, cagliari, cairns, cairo, calais, calcutta, calgary, cali,
cambridge, campinas, canberra, cancun, cancún, cannes, canterbury, canton, cap-haitien, cap-haïtien, cape
town, caracas, cardiff, carlsbad, carson city, cartagena, casablanca, casper, catania, cayenne, cebu, cedar
rapids, ceuta, chamonix, champaign, chandigarh, chandler, changchun, changsha, chapel hill, charleston,
charlotte, charlottesville, chattanooga, cheltenham, chelyabinsk, chemnitz, chengdu, chennai, chernihiv,
chernivtsi, chernobyl, cherry hill, chester, cheyenne, chiang mai, chiba, chicago, chisinau, chittagong,
chongqing, christchurch, chula vista, cincinnati, ciudad juarez, ciudad juárez, clearwater, clermont-ferrand,
cleveland, cluj-napoca, cochabamba, coimbatore, coimbra, colchester, cologne, colombo, colorado springs,
columbine, columbus, compton, conakry, concepción, concord, constantinople, copenhagen, coral gables,
cordoba, corfu, cork, corpus christi, costa mesa, cottbus, council bluffs, coventry, cox's bazar, cracow,
craiova, crewe, cucuta, cuenca, cuernavaca, culiacan, culiacán, culver city, cupertino, curitiba, cusco,
cádiz, cúcuta, d.c., da nang, daegu, daejeon, dakar, dalian, dallas, damascus, dammam, danbury, dar es
salaam, daraa, darien, darmstadt, darwin, davao, davenport, davos, dayton, daytona beach, dearborn, debrecen,
decatur, dehradun, deir al-balah, deir el-zour, deir ez-zor, delft, delhi, denpasar, denton, denver, derby,
derna, derry, des moines, detroit, dhahran, dhaka, dijon, dili, dire dawa, diyarbakir, dnipro, dodoma, doha,
doncaster, donetsk, dongguan, dortmund, douma, dover, dresden, drogheda, dubai, dublin, dubrovnik, dubuque,
duesseldorf, duisburg, duluth, dundee, dunedin, dunkirk, durban, durham, dushanbe, dusseldorf, düsseldorf,
east berlin, east hampton, east jerusalem, east lansing, east st. louis, eau claire, eden prairie, edina,
edinburgh, edirne, edmonton, eilat, eindhoven, el fasher, el paso, el segundo, eldoret, elmira, encino,
enerhodar, entebbe, enugu, erbil, erfurt, erie, esbjerg, escondido, espoo, essen, eugene, evanston,
evansville, everett, exeter, fairbanks, fairfax, faisalabad, fall river, fallujah, famagusta, fargo,
faridabad, fayetteville, ferguson, ferrara, fez, flagstaff, flint, florence, florianópolis, folkestone, fort
collins, fort lauderdale, fort lee, fort mcmurray, fort myers, fort smith, fort wayne, fort worth, fortaleza,
foshan, framingham, frankfort, frankfurt, fredericksburg, fredericton, freeport, freetown, freiburg, fremont,
fresno, fukuoka, fukushima, fuzhou, gaborone, gainesville, gaithersburg, galveston, galway, garden city,
garissa, garland, gary, gatineau, gaza city, gaziantep, gdansk, gdańsk, geelong, gelsenkirchen, geneva,
genoa, georgetown, ghazni, ghent, gijón, girona, giza, glasgow, glendale, gloucester, goa, gold coast, goma,
gondar, gothenburg, granada, grand rapids, graz, green bay, greensboro, greenville, greenwich, grenoble,
grimsby, groningen, grozny, guadalajara, guangzhou, guantanamo, guantanamo bay, guantánamo, guatemala city,
guayaquil, guiyang, gulfport, guwahati, gwadar, gwangju, gyumri, györ, gävle, göttingen, haarlem, hackensack,
hagerstown, hague, haifa, haikou, haiphong, halifax, halle, hama, hamamatsu, hamburg, hamilton, hangzhou,
hannover, hanoi, hanover, harare, harbin, hargeisa, harrisburg, harrogate, hartford, hastings, hatay, havana,
hayward, hebron, hefei, heidelberg, helena, helsinki, hempstead, heraklion, herat, hermosillo, hialeah, high
point, hilton head, hiroshima, ho chi minh city, hobart, hoboken, hodeidah, hohhot, homs, honolulu, houston,
hualien, huddersfield, hull, huntsville, hyannis, hyderabad, iași, ibadan, idlib, iguala, imphal, incheon,
indianapolis, indore, inglewood, ingolstadt, innsbruck, inverness, iowa city, ipoh, ipswich, iquitos, irbil,
irkutsk, irpin, irvine, irving, irvington, isfahan, iskenderun, islamabad, ismailia, istanbul, ithaca, izium,
izmir, jabalia, jackson, jackson hole, jacksonville, jacmel, jaffa, jaffna, jaipur, jakarta, jalalabad,
jeddah, jena, jenin, jericho, jersey city, jerusalem, jinan, johannesburg, johnstown, johor bahru, joliet,
joplin, juba, juneau, juárez, kabul, kaduna, kahramanmaras, kalamazoo, kaliningrad, kampala, kandahar, kandy,
kano, kanpur, kansas city, kaohsiung, karachi, karbala, karlsruhe, kashgar, kassel, kathmandu, katowice,
kawasaki, kayseri, kazan, kelowna, kennebunkport, kenosha, kerman, khan younis, khan yunis, kharkiv, kharkov,
khartoum, kherson, khulna, kidal, kiel, kiev, kigali, kilis, kilkenny, king of prussia, kingston, kinshasa,
kirkuk, kiruna, kisangani, kismayo, kisumu, knoxville, kobani, kobe, koblenz, kochi, kolkata, konya, kosice,
kostiantynivka, kota kinabalu, košice, krakow, kraków, kramatorsk, krasnodar, krasnoyarsk, kremenchuk, kryvyi
rih, kuala lumpur, kuching, kumamoto, kumasi, kunduz, kunming, kupiansk, kursk, kutaisi, kuwait city, kyiv,
kyoto, köln, l.a., la coruña, la crosse, la jolla, la paz, la rochelle, lafayette, lagos, lahore, lake
charles, lake placid, lampedusa, lancaster, lansing, lanzhou, laramie, laredo, larnaca, las cruces, las
palmas, las vegas, lashkar gah, latakia, launceston, lausanne, laval, le havre, lecce, leeds, leicester,
leiden, leipzig, leningrad, lesbos, leuven, lexington, lhasa, libreville, lille, lilongwe, lima, limassol,
limerick, limoges, lincoln, linköping, linz, lisbon, little rock, littleton, liverpool, livorno, liège,
ljubljana, lockerbie, lodz, lomé, london, londonderry, long beach, long island city, los alamos, los angeles,
los gatos, louisville, lowell, luanda, lubbock, lublin, lubumbashi, lucerne, lucknow, ludhiana, ludwigshafen,
luhansk, lund, lusaka, luton, luxor, lviv, lynchburg, lyon, lyons, lysychansk, lübeck, maastricht, macon,
madison, madras, madrid, madurai, magadan, magdeburg, maidstone, maiduguri, mainz, makassar, makati,
makhachkala, malaga, malatya, malibu, malmo, malmö, managua, manama, manassas, manaus, manbij, manchester,
mandalay, manila, mannheim, maputo, maracaibo, maracay, marawi, marbella, margate, marib, marietta, mariupol,
marlborough, marrakech, marrakesh, marseille, marseilles, maseru, mashhad, matamoros, mazar-i-sharif,
mbabane, mcallen, mckinney, mclean, mecca, medan, medellin, medellín, medford, medina, mekelle, melbourne,
melilla, melitopol, memphis, mendoza, menlo park, meriden, mersin, mesa, mesquite, messina, metz, mexicali,
mexico city, miami, miami beach, middlesbrough, midland, milan, milpitas, milton keynes, milwaukee,
minneapolis, minsk, miskolc, misrata, mississauga, missoula, mobile, modena, modesto, mogadishu, mombasa,
moncton, monrovia, montclair, monte carlo, montego bay, monterey, monterrey, montevideo, montgomery,
montpelier, montreal, montréal, mopti, morelia, morristown, moscow, mostar, mosul, mount vernon, mountain
view, multan, mumbai, munich, murcia, murmansk, muscat, mykolaiv, myrtle beach, mysore, mytilene, málaga,
mérida, mönchengladbach, münchen, münster, nablus, nagano, nagasaki, nagoya, nagpur, naha, nairobi, najaf,
nakuru, namur, nanchang, nanjing, nanning, nantes, napa, naples, nashua, nashville, nassau, natanz, natick,
naypyidaw, naypyitaw, nazareth, ndjamena, ndola, netanya, new bedford, new delhi, new haven, new london, new
orleans, new rochelle, new york, new york city, newark, newcastle, newcastle upon tyne, newport, newport
beach, newport news, newtown, niamey, nice, nicosia, niigata, nijmegen, ningbo, nizhny novgorod, niš,
norfolk, north hollywood, northampton, norwalk, norwich, nottingham, nouakchott, novi sad, novosibirsk, nuevo
laredo, nuremberg, nuseirat, nyala, nîmes, nürnberg, oak brook, oak ridge, oakland, odense, odesa, odessa,
ogden, oklahoma city, oldenburg, oldham, olympia, omaha, omdurman, omsk, oran, orem, orlando, osaka, oshkosh,
osijek, oslo, osnabrück, ostend, ostrava, ottawa, ouagadougou, oulu, overland park, oviedo, oxford, oxnard,
paderborn, padua, palermo, palm beach, palm springs, palma, palmyra, palo alto, palu, pamplona, panama city,
paphos, paramaribo, paramus, paris, park city, parkland, parma, parsippany, pasadena, passaic, passau,
paterson, patna, patras, pattaya, pawtucket, peking, penang, pensacola, peoria, perm, perpignan, perth,
perugia, pescara, peshawar, peterborough, philadelphia, phnom penh, phoenix, phuket, pierre,
pietermaritzburg, pilsen, piraeus, pisa, pittsburgh, pittsfield, plano, plovdiv, plymouth, plzeň, pocatello,
podgorica, pohang, poitiers, pokhara, pokrovsk, poltava, pontiac, port elizabeth, port harcourt, port louis,
port moresby, port of spain, port said, port sudan, port-au-prince, portland, porto, porto alegre,
portsmouth, potosí, potsdam, poughkeepsie, poznan, prague, pretoria, princeton, pristina, providence,
provincetown, provo, przemyśl, pskov, puebla, pueblo, pune, pusan, pyongyang, qamishli, qingdao, qom,
quantico, quebec city, queenstown, querétaro, quetta, quezon city, quito, rabat, racine, rafah, raleigh,
ramadi, ramallah, ramsgate, rangoon, raqqa, ravenna, rawalpindi, reading, recife, redmond, redwood city,
regensburg, reggio calabria, reims, reno, reston, reykjavik, reynosa, richmond, riga, rijeka, rimini, rio,
rio de janeiro, riverside, rivne, riyadh, roanoke, rochdale, rochester, rockford, rockville, rome, roskilde,
rostock, rostov, rostov-on-don, roswell, rotherham, rotorua, rotterdam, rouen, rovaniemi, ryazan, rzeszow,
rzeszów, saarbrücken, sacramento, sag harbor, saginaw, saigon, saint petersburg, saint-denis, saint-tropez,
salamanca, salem, salerno, salford, salisbury, salt lake city, salvador, salzburg, samara, samarkand,
samarra, samos, san antonio, san bernardino, san diego, san francisco, san jose, san josé, san juan, san
mateo, san pedro sula, san rafael, san salvador, san sebastián, sana'a, sanaa, sandy hook, sanliurfa, santa
ana, santa barbara, santa clara, santa cruz, santa fe, santa fe springs, santa monica, santa rosa, santander,
santiago, santo domingo, sanya, sao paulo, sapporo, sarajevo, sarasota, saratoga springs, saratov, saskatoon,
savannah, scarborough, schaumburg, schenectady, schwerin, scottsdale, scranton, sderot, seattle, secaucus,
selma, semarang, sendai, seoul, sevastopol, severodonetsk, seville, sfax, shanghai, sharjah, sharm el-sheikh,
sheffield, shenyang, shenzhen, sherman oaks, shillong, shimla, shiraz, shreveport, sidon, siem reap, siena,
silver spring, simferopol, simi valley, sioux city, sioux falls, sirte, skokie, skopje, sligo, slough,
sloviansk, smolensk, sochi, sofia, solingen, south bend, south san francisco, southampton, southfield,
soweto, spartanburg, spokane, springfield, srebrenica, srinagar, st. andrews, st. cloud, st. george, st.
john's, st. joseph, st. louis, st. paul, st. petersburg, stalingrad, stamford, stanford, stavanger,
stepanakert, stirling, stockholm, stockton, stoke-on-trent, strasbourg, stratford, stuttgart, subotica,
sucre, sudbury, suez, sulaymaniyah, sumy, sunderland, sunnyvale, surabaya, surat, suva, suwon, suzhou,
swansea, swindon, sydney, sylhet, syracuse, szczecin, szeged, são paulo, tabriz, tacloban, tacoma, taichung,
tainan, taipei, taiyuan, taiz, tal afar, tallahassee, tallinn, tampa, tampere, tangier, taos, tapachula,
taranto, tarragona, tashkent, tbilisi, tegucigalpa, teheran, tehran, tel aviv, telford, telluride, tempe,
ternopil, terre haute, the hague, thessaloniki, thimphu, thiruvananthapuram, thousand oaks, thunder bay,
tianjin, tiberias, tijuana, tikrit, tilburg, timbuktu, timisoara, timișoara, tirana, tobruk, tokyo, toledo,
toluca, tomsk, topeka, toronto, torquay, torrance, torrington, toruń, toulon, toulouse, townsville, towson,
trabzon, trenton, trier, trieste, tripoli, tromsø, trondheim, trujillo, truro, tsukuba, tucson, tula, tulsa,
tunis, tupelo, turin, turku, tuscaloosa, tuzla, tver, tyre, tübingen, udine, ufa, ulaanbaatar, ulm, ulsan,
umeå, uppsala, urumqi, ushuaia, utica, utrecht, uvalde, uzhhorod, vadodara, vaduz, vail, valdez, valencia,
valladolid, valletta, valparaiso, valparaíso, van nuys, vancouver, vantaa, varanasi, varna, venice, ventura,
veracruz, verona, versailles, vicenza, victoria falls, vienna, vientiane, vigo, vilnius, vinnytsia, virginia
beach, visakhapatnam, vladivostok, volgograd, voronezh, vuhledar, västerås, waco, wakefield, walnut creek,
walsall, waltham, warrington, warsaw, washington, washington d.c., waterbury, waterford, waterloo, watford,
waukesha, wausau, weimar, wellesley, wellington, wenzhou, west berlin, west hollywood, west palm beach, west
point, westport, whistler, white plains, whitehorse, wichita, wien, wiesbaden, wigan, wilkes-barre,
willemstad, wilmington, winchester, windhoek, windsor, winnipeg, winston-salem, wolfsburg, wollongong,
wolverhampton, worcester, wrexham, wroclaw, wuhan, wuppertal, würzburg, xi'an, xiamen, xian, yakima, yalta,
yamoussoukro, yangon, yaounde, yaoundé, yaroslavl, yekaterinburg, yellowknife, yerevan, yogyakarta, yokohama,
yonkers, york, yorkshire, youngstown, ypres, yuma, zadar, zagreb, zamboanga, zaporizhzhia, zaragoza,
zeebrugge, zhengzhou, zhuhai, zurich, zwickau, zürich, évora, örebro, łódź
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

GOVERNMENT_SEATS = _names("""
white house, wall street, capitol hill, kremlin, downing street, madison avenue, whitehall, westminster,
broadway, hollywood, pentagon, buckingham palace, oval office, west wing, silicon valley, elysee palace,
élysée palace
""")
"""Places that mostly stand for those who work there."""

PLACE_NAME_HEADS = _words("""
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

AMBIGUOUS_PLACE_HEADS = _words("""
arms base bay building center centre church close club college common court cross district exchange farm
farms field fields ford forum green hall heights house ice market memorial mill mills park place plant point
port pass range ring rock row school sound spring springs stage station strand studio studios summit track
university view ward way wood woods works yards museum gallery library hospital theatre theater hotel embassy
temple hill young lane grange mint wells river brook glen lock hills street waters banks dale grove marsh
forest castle lake pond pool tower towers reef shore gates gate downs cliff garden bend moor heath gulf
landing lodge
""")
"""Heads that are as often the last word of a firm, a body or a surname."""

NUMBERED_PLACES = _words(
    "route highway interstate pier terminal gate platform junction bridge hangar camp motorway"
)
"""Places that have a number for a name: Route 9."""

PLACE_NAME_STARTS = _words("""
lake lakes mount mt mt. port fort ft. cape isle saint st st. san santa santo são los las el new north south
east west upper lower great little camp point loch glen ben rio río puerto playa la le les monte villa val
bad sankt tel al beit tell ain khan nova novo nizhny northern southern eastern western central greater inner
outer old downtown kfar ras wadi sidi deir rancho palm grand
""")
"""First words of names of places of two or more words."""

COMPASS = _words("""
north south east west northern southern eastern western central upper lower greater downtown
""")

PLACE_PREPOSITIONS = _words("""
in at near from outside inside across around through throughout toward towards into to via beyond within
above below along off onto over past between under opposite behind beside amid
""")
"""Prepositions after which a name is likely a place."""

STRONG_PLACE_PREPOSITIONS = _words("in near outside inside across throughout into via")
"""Those after which hardly anything else with a name stands."""

MOTION_VERBS = _words("""
left reached visited entered toured visiting leaving entering reaching touring fled fleeing crossed crossing
invaded invading attacked bombed hit struck seized captured flew returned moved traveled travelled drove
sailed
""")
"""Verbs whose object may be a place."""

PLACE_NOUNS = _words("""
capital city cities town towns village villages suburb suburbs state states county province provinces region
island islands port district neighborhood neighbourhood nation country countries resort hamlet borough
harbour harbor area peninsula municipality river lake headquarters airport enclave settlement prefecture dam
valley coast border
""")
"""Nouns that tell a place: the city of X, the town X, X, a suburb of Y."""
