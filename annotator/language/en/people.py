"""Words that tell a person in English-language news: data from general knowledge, all in small letters."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FIRST_NAMES = _words("""
aaron abby abdul abdullah abdel abe abel abigail abraham abu ada adam adams adel adele adnan adrian adriana
adrienne agnes agnieszka ahmad ahmed aidan aisha akira akbar al alain alan alana alastair albert alberto aldo
alec alejandra alejandro aleksandr aleksander alessandra alessandro alex alexa alexander alexandra alexandre
alexei alexey alexis alfonso alfred alfredo ali alice alicia alina alireza alisa alison alistair allan allen
allison alma alvaro alvin amal amanda amar amara amber amelia amina amir amit amos amy ana anastasia anatoly
anders andre andrea andreas andrei andrej andrés andres andrew andrey andrzej andy angel angela angelica
angelina angelo angie angus anil anita anja anjali ann anna annabel anne annette annie anouk antoine anton
antonia antonio antony anthony anwar april aram archie ari ariana ariel arjun arlene arnold art arthur arturo
arun asad ash ashley ashok ashraf asif asim astrid atul audrey august augusto aung aurora ava avi avraham
ayesha aziz barack barbara barney barry bart bashar basil beatrice beatriz becky bela belinda ben benedict
benjamin benny bernadette bernard bernardo bernd bernice bernie bert bertha beth bethany betsy betty beverly
bianca bilal bill billie billy birgit bjorn björn blake blanca bob bobbie bobby bogdan bonnie boris brad
bradley brandon brenda brendan brent brett brian bridget brigitte brock bronwyn bruce bruno bryan bryce burt
byron caitlin caleb calvin cameron camila camilla camille candace carey carl carla carlo carlos carly carmen
carol carole caroline carolyn carrie carter caspar cassandra catalina cate catherine cathy cecil cecilia
cecile cedric celeste celia cesar césar chandra chantal charlene charles charlie charlotte chelsea chen cheng
cheryl chester chin chloe chris christa christian christiane christie christina christine christoph
christophe christopher christy chuck cindy claire clara clarence clarissa clark claude claudia claudio clay
clayton clemens clement cliff clifford clint clinton clive clyde cody colin colleen connie connor conor
conrad constance constantin cora corey corinne cornelia cornelius cory courtney craig cristian cristiano
cristina curt curtis cynthia cyril cyrus daisy dale damian damien damon dan dana daniel daniela daniele
danielle danny daphne daria dario darius darlene darrell darren darryl dave david davide dawn dean deb debbie
deborah debra deepak deirdre delia della denis denise dennis denny derek desmond devin diana diane dianne
dick didier diego dieter dimitri dimitris dina dinesh dirk dmitri dmitry dmytro dolores dolly dominic dominik
dominique don donald donna donnie dora doreen doris dorothy doug douglas drew duane duncan dustin dwayne
dwight dylan earl ed eddie edgar edith edmond edmund eduardo eduard edward edwin eileen ekaterina elaine
eleanor elena eleni eli elias elijah elisa elisabeth elise eliza elizabeth ella elle ellen elliot elliott
ellis elmer elon elsa elsie elvira elvis emanuel emil emile emilia emilio emily emma emmanuel enrico enrique
eric erica erich erick erik erika erin ernest ernesto ernie errol ervin esteban estelle esther ethan ethel
etienne eugene eugenia eunice eva evan evangelos eve evelyn evgeny fabian fabio fabrice fahd faisal farah
farid farooq farouk fatima fatma federica federico felicia felicity felipe felix ferdinand fernanda fernando
fidel finn fiona flavia flavio fletcher flora florence florian floyd frances francesca francesco francine
francis francisco franco francois françois françoise frank frankie franklin franz fred freddie freda frederic
frederick frederik frieda friedrich fritz gabriel gabriela gabriella gabrielle gail galina gareth garrett
garry gary gavin gayle gaetano gemma gene genevieve geoff geoffrey george georgina georgios gerald geraldine
gerard gerardo gerd gerhard gerry gertrude ghassan gianni gilbert gilberto gilles gillian gina ginny giorgio
giorgos giovanni gisela giulia giuliano giulio giuseppe gladys glen glenda glenn gloria godfrey golda gonzalo
gordon grace graham grant greg gregg gregor gregory greta gretchen grigory guadalupe guido guillaume
guillermo gunnar gunter günther gus gustav gustavo guy gwen gwyneth habib hadi hakan hakim hal haley halima
hamid hamza han hanna hannah hans hari harald hardeep harold harriet harris harrison harry haruki harvey
hasan hassan hazel heather hector heidi heike heinrich heinz helen helena helene helga helmut hendrik henri
henrietta henrik henrique henry herb herbert herman hermann hernan hilary hilda hillary hiroshi hiroko holly
homer hong hope horace horst howard hubert hugh hugo humberto humphrey hussain hussein ian ibrahim ichiro ida
idris ignacio igor ike ilan ilona imran ina india indira ines inga inge ingrid inés ioannis ira irene irina
iris irma irving irwin isaac isabel isabella isabelle isaiah isidro ismail issa ivan ivana ivanka ivo ivy
jaap jack jackie jackson jacob jacqueline jacques jaime jake jakob jakub jalal jamal james jamie jamil jan
jana jane janet janice janine janis jared jarrod jasmin jasmine jason jasper javed javier jay jayne jean
jeanette jeanne jeannie jeb jed jeff jefferson jeffery jeffrey jen jenna jennie jennifer jenny jens jeremy
jerome jerry jess jesse jessica jessie jesús jesus jill jim jimmy jin jing jitka jo joachim joan joann joanna
joanne joao joão joaquin jocelyn jody joe joel joep joey johan johann johanna johannes john johnny johnson
jon jonah jonas jonathan joni jordi jorg jörg jorge jose josé josef joseph josephine josh joshua josie joy
joyce juan juana juanita judd jude judith judy jules julia julian juliana julie julien juliet juliette julio
julius jun june junior jurgen jürgen justin justine kai kamal kamala kara karel karen karim karin karina
karine karl karla kate katharina katharine katherine kathleen kathryn kathy katie katja katrin katrina katya
kay kazuo keiko keira keith kellie kelly kelsey ken kendra kenichi kenji kenneth kenny kent kerry kerstin
kevin khadija khaled khalid khalil kim kimberly kirill kirk kirsten kirsty kirstjen klaus knut kofi konrad
konstantin kris krishna krista kristen kristian kristin kristina krzysztof kumar kurt kyle kylie lana lance
lara larissa larry lars latoya laura laurel lauren laurence laurent laurie lawrence lea leah leander lee leif
leila lena lenny leo leon leona leonard leonardo leonid leonie leopold leroy les leslie lester leticia
letitia lev levi lewis li liam liana lidia lila lilian liliana lillian lily lin lina linda lindsay lindsey
ling linus lionel lior lisa lise liu liv livia liz liza lloyd lois lola lonnie lora loren lorena lorenzo
loretta lori lorna lorraine lou louie louis louisa louise lourdes lucas lucia lucian luciano lucien lucille
lucinda lucio lucy ludmila ludovic ludwig luigi luis luisa lukas luke lula lydia lyle lyn lynda lynette lynn
lynne mabel mac mack maddie madeleine madeline mae maggie magdalena magnus mahmoud mahmud maja makoto malcolm
malala malik mandy manfred manish manmohan manny manuel manuela mara marc marcel marcela marcello marcelo
marcia marcin marco marcos marcus marek margaret margarita marge margie margot marguerite mari maria mariam
marian mariana marianne marie marielle marija marilyn marina marine mario marion marisa marissa marisol marit
marius marjorie mark marko markus marla marlene marlon marsha marshall marta martha marti martin martina
martine marty marvin mary maryam masha massimo mateo mateusz mathew mathias mathilde matilda matt matteo
matthew matthias matthieu maud maura maureen maurice mauricio mauro max maxim maxime maximilian maxine maya
mckenzie meera megan meghan megyn mehdi mehmet mei mel melanie melania melinda melissa melody melvin mercedes
mercy meredith meryl mervyn mia micah michael michaela michal michel michele michelle mick mickey miguel
mihai mikael mike mikel mikhail mila milan milena miles millie milo milos milton mimi min mindy ming minh
miranda miriam miroslav misha mitch mitchell mitt moez mohamed mohammad mohammed mohamud mohsen moira molly
mona monica monika monique monte morgan morris morten moses moshe mostafa muhammad muhammadu muriel murray
musa mustafa myra myriam myrna nabil nadia nadine nadja naftali najib nancy naomi narendra nasser nat natalia
natalie natasha nate nathalie nathan nathaniel navi neal ned neha neil nell nellie nelly nelson nena newt
ngozi nguyen nia nicholas nick nicki nicky nicola nicolas nicolás nicole nicoletta nigel nihal nikita nikki
nikola nikolai nikolas nikos nils nina nino niklas noah noam noel noelle noor nora norbert noreen norma
norman nuno nuri octavio oksana ola olaf ole oleg oleksandr oleksiy olga oliver olivia olivier ollie omar
orlando orson oscar oskar osama oswald otis otto owen pablo paddy paige pam pamela panos paola paolo pascal
pat patrice patricia patricio patrick patsy patti patty paul paula paulette pauline paulo paulina pavel pawel
pearl pedro peggy penelope penny per percy perry pete peter petr petra petro petros phil philip philippa
philippe phillip phoebe phyllis pia pierre pieter pilar piotr polly pradeep prakash preston priscilla priya
quentin quincy rachel rafael rafal rafiq raheem rahul rainer raj raja rajesh rajiv ralf ralph ramesh ramiro
ramon ramona ramzan rana rand randall randolph randy rania raoul raphael raquel rashid raul raúl ravi ray
raymond rebecca recep reed regina reggie reginald reinhard reince rena rene rené renata renee renée reuben
rex rhonda ricardo riccardo rich richard rick rickey ricky rita roald rob robbie robert roberta roberto robin
robyn rocco rochelle rod roderick rodney rodolfo rodrigo rogelio roger roland rolando rolf roman romain
romelu romeo ron ronald ronan ronnie rory rosa rosalie rosalind rosario rose roseanne rosemary rosie ross
roxanne roy ruben ruby rudolf rudolph rudy rufus rupert russ russell rusty ruth ryan sabina sabine sabrina
sacha sadiq saeed saif said sal saleh salim salem sally salma salman salvador salvatore sam samantha sameer
sami samir samira sammy samson samuel sandeep sander sandra sandro sandy sanjay santiago sanjeev sara sarah
sasha saul scott sean sebastian sebastián selena selina selma serena serge sergei sergey sergio seth seymour
shah shane shannon sharon shaun shauna shawn sheila shelby sheldon shelley shelly sheri sherri sherry
sherwood shigeru shimon shinzo shirin shirley sholto sidney sid siegfried sigmund sigrid silas silke silvia
silvio simeon simon simone sinead siobhán skip slobodan sofia sofie sol solange sonia sonja sonny sonya
sophia sophie spencer srinivas stacey stacy stan stanislav stanley stefan stefania stefanie stefano stella
steffen stephan stephane stephanie stephen sterling steve steven stewart stuart sue suleiman sultana sunil
suresh surya susan susana susanna susanne susie suzanne suzy sven svetlana sybil syed sylvain sylvester
sylvia sylvie tabitha taha takashi takeshi tamar tamara tammy tania tanya tara tarek tariq taro tasha tatiana
tatyana taylor ted teddy terence teresa teri terri terrance terrence terry tess tessa tetsuya thabo thaddeus
thelma theo theodor theodore theresa thereza thibaut thierry thomas thor thorsten tia tiago tiffany tim timo
timothy tina tobias toby todd tom tomas tomás tomasz tommy tommaso toni tony torsten tracey traci tracy
travis trevor tricia trish tristan troy trudy tsai tulsi tyler tyrone udo ugo ulrich ulrike uma umar umberto
ursula usha uwe vadim val valentin valentina valerie valery vanessa vasily veronica veronika veronique vic
vicente vicki vicky victor victoria vijay vikram viktor viktoria vince vincent vincente vincenzo viola violet
virginie viswanathan vitali vitaly vito vivek vivian vivien vivienne vlad vladimir volker volodymyr
vyacheslav wade waleed walid wallace wally walt walter wanda wang warren wayne wei wen wendell wendy werner
wes wesley whitney wilbur wilfred wilhelm will willa willem william willie willy wilma wilson winifred winnie
winona winston wolfgang woodrow woody wynton xavier xenia xi xiao yadira yael yahya yan yana yanis yannick
yannis yasir yasmin yasser yevgeny yi yitzhak yoko yolanda yong yoon yoshihiko yoshiko young youssef yuki
yukio yulia yuri yury yusuf yvette yvonne zac zach zachary zack zahra zainab zara zbigniew zelda zhang zhao
zhou zoe zoltan
""")
"""Frequent first names of many cultures."""

SURNAMES = _words("""
abbott abe adams adenauer akhtar albright allende allison anderson annan ardern armstrong arafat ashcroft
assad assange atatürk bachmann baker balakrishnan baldwin bannon barnes barr barroso becker beckett begin
bell bennett berger bergman berlusconi bernanke bernstein beyoncé bhutto biden blair bloomberg boehner
bolsonaro bolton boone booker bowman boyd bradley brandt brennan brezhnev brooks brown bryant buchanan
buffett burns bush buttigieg cameron campbell carlson carney carson carter castro caesar cheney chavez chávez
chen christie chung churchill clapper clark clarke clegg clinton cohen cole coleman collins comey conway cook
cooper corbyn cox crawford cruz cuomo curtis daley darwin davidson davies davis dawson delgado deng
dershowitz diaz díaz dickens disraeli dixon dole donnelly douglas doyle draghi dudley duffy duncan dunn
duterte edison edwards einstein eisenhower elliott ellis ellison erdogan erdoğan evans farage farook fauci
feinstein feldman ferguson fernandez fernández fillon fiorina fischer fisher fitzgerald flynn ford foster fox
franco franken fraser freeman freud friedman fujimori gaddafi galileo gandhi garcia garcía gardner gates
gaulle gehry geithner gergen gerson gibbons gibson gillibrand gingrich giuliani goldberg goldman goldstein
gomez gómez gonzales gonzalez gonzález gorbachev gordon gore gorsuch graham grassley greenberg greenspan
griffin griffith gross guaidó guterres gupta gutierrez gutiérrez guzman hagel haley hamilton hammond hansen
harper harris harrison harvey hawkins hayden hayes heller henderson hernandez hernández hicks hitler hoffman
hollande holmes hoover howell huckabee hughes hunt hunter husseini hutchinson ibsen inhofe ivanov jackson
jacobs jacobson jefferson jenkins jensen jindal johnson johnston jones jong jordan kaine kaplan karzai kasich
katz kaufman kavanaugh keller kelly kennedy kenyatta kerry kessler khamenei khan khashoggi khomeini
khrushchev kim kirchner kissinger klein klobuchar koch kohl koskinen kovalev krugman kudlow kumar kushner
lagarde larsen larson lavrov lawrence leahy lecter lehman lenin lennon levin levine levinson levy lewandowski
lewis lieberman limbaugh lincoln lopez lópez lukashenko luther lynch macdonald macron maddow maduro maher
malik manafort mandela manning marshall martin martinez martínez marx mattis mccain mccarthy mcconnell
mcgregor mckinley mcmaster mcmahon meadows medvedev mendoza merkel meyer milosevic miller mitchell mitterrand
mladic mnuchin modi mohammed monti moore morales moreno morgan morris morrison morsi mozart mubarak mueller
mugabe mulvaney murdoch murphy murray musk mussolini nakamura napoleon nehru nelson netanyahu newman nguyen
nixon nunes obama obrador ocasio oliver olsen orban orbán ortega ortiz orwell osborne palin panetta parker
patel patterson paulson peña pelosi pence peres perez pérez perkins perot perry petersen peterson petraeus
phillips picasso pinochet pompeo poroshenko powell priebus prodi putin quayle rabin ramirez ramírez ramos
rajoy reagan reid reyes reynolds rice richardson riley rivera roberts robertson robinson rodriguez rodríguez
rogers romney roosevelt rosen rosenberg rosenthal rosenstein rothschild rousseff rouhani rove rubin rubio
ruiz rumsfeld rushdie ryan sadat salazar salmond sanchez sánchez sanders santorum santos sarkozy sato
saunders scalia scaramucci schmidt schneider scholz schröder schroeder schultz schulz schumacher schumer
schwartz schwarzenegger schwarz scott sessions shakespeare shapiro sharma sharif sherman shevardnadze silva
simmons simon simpson singh smith snowden snyder soleimani solomon soros sotomayor spencer spicer stalin
stevens stewart stiglitz stone strauss sturgeon sullivan summers suzuki tanaka taylor tendulkar thatcher
thompson thomson tillerson tito torres trotsky trudeau truman trump trumpet tsipras tsvangirai turner tusk
tymoshenko tyson updike varoufakis vasquez volcker voltaire wagner walker wallace walsh walters wang watanabe
watkins watson weaver weber weinstein weiss welch wells wheeler white wilkinson williams williamson wilson
winfrey wong woodward wright wu xi yamamoto yang yanukovych yellen yeltsin yilmaz zarif zelensky zelenskiy
zelenskyy zhang zhao zimmerman zuckerberg zuma
""")
"""Frequent and well-known surnames; a cue where nothing else tells."""

HONORIFICS = _words("""
mr mr. mrs mrs. ms ms. miss dr dr. prof prof. rev rev. sir dame sen sen. rep rep. gov gov. lt lt. col col.
gen gen. capt capt. cpl cpl. sgt sgt. maj maj. cmdr cmdr. adm adm. hon hon. messrs messrs. lord lady pope
judge justice ayatollah imam rabbi sheikh detective inspector constable sheriff reverend cardinal archbishop
lieutenant colonel sergeant captain admiral professor senator representative congressman congresswoman
secretary senators representatives sens. reps. pfc. spc. supt. insp. det. fr. mme mme. m. herr frau señor
monsieur madame king queen prince princess ambassador chancellor rear-admiral
""")
"""Titles after which hardly anything but a person's name stands."""

ROLES = _words("""
abbot academic accountant accomplice activist actor actress adjutant administrator adviser advisor advocate
agent aide ally ambassador anaesthetist analyst anchor anthropologist apprentice archaeologist archbishop
architect archivist artist assassin assistant astronaut astronomer athlete attorney auditor aunt author baker
ballerina banker baritone bassist batsman bishop biographer biologist blogger bodyguard boss botanist bowler
boxer boyfriend brewer broker brother builder businessman businesswoman butcher campaigner candidate captain
caretaker carpenter cartoonist ceo cfo chair chairman chairwoman champion chancellor chaplain chef chemist
chief choreographer cinematographer citizen classmate cleric clerk climber coach co-author co-chair
co-founder co-host co-owner colleague collector colonel columnist comedian comedienne commander commentator
commissioner competitor composer comptroller conductor congressman congresswoman conservationist conservative
consultant contractor contributor controller cook coordinator coroner correspondent councillor councilman
councilwoman counsel counselor couple cousin creator cricketer criminologist critic curator cyclist dancer
daughter dealer dean defendant defender democrat dentist deputy designer detective developer diplomat
director disciple dissident doctor dramatist driver drummer duo ecologist economist editor educator
electrician emperor engineer engineers entrepreneur envoy epidemiologist ethnographer examiner executive
expert explorer farmer father fellow fiancé fiancée fighter filmmaker financier firefighter fisherman forward
founder friend friends gardener general geographer geologist girlfriend goalkeeper golfer governor
grandfather grandmother granddaughter grandson guard guardian guest guide guitarist gunman gymnast
harbourmaster head headmaster headmistress headteacher heir heiress heroine hero historian host hostess
hunter husband hydrologist icon immunologist inmate innkeeper inspector instructor intern interpreter
investigator investor jockey journalist judge jurist keeper keyboardist killer king landlady landlord
lawmaker lawyer leader lecturer legend liar liberal librarian lieutenant linguist lobbyist magician
magistrate magnate maker manager marshal mate mathematician mayor mechanic medic member mentor meteorologist
midfielder midwife minister missionary model moderator mogul monk mother motorist mountaineer mp musician
nanny naturalist negotiator neighbor neighbour neighbours neighbors neighbour's nephew neurologist
neuroscientist newscaster niece nominee novelist nun nurse nutritionist officer official oligarch ombudsman
oncologist operator opponent orator organiser organizer ornithologist owner painter paramedic partner
passenger pastor pathologist patient patriarch patron pensioner performer pharmacist philanthropist
philosopher photographer physician physicist physiotherapist pianist pilot pioneer pitcher planner playwright
player plumber poet policeman policewoman politician pollster porter postman predecessor premier presenter
president pretender priest prince princess principal prisoner producer professor programmer prosecutor
protester proprietor provost psychiatrist psychologist publicist publisher pundit quarterback queen rabbi
racer ranger rapper receiver receptionist recruit referee refugee registrar reporter representative
republican researcher resident retiree reviewer rider rival runner sailor salesman scholar scientist
screenwriter sculptor seamstress secretary senator sergeant servant sheriff shepherd shopkeeper singer sister
skipper socialist sociologist soldier solicitor son songwriter soprano speaker specialist spokesman
spokesperson spokesperson's spokeswoman stalwart star statesman stepfather stepmother stepson strategist
striker student successor suspect superintendent supervisor supporter surgeon surveyor survivor swimmer
tailor teacher teammate technician teenager tenant tenor tennis theologian theorist trader trainer translator
treasurer trustee tutor tycoon uncle undersecretary veteran vet veterinarian vicar victim violinist
virologist volunteer voter waiter waitress warden weatherman widow widower wife winger winner witness woman
worker wrestler writer youngster zoologist
""")
"""Nouns in small letters that stand right before a person's name, or after it behind a comma."""

PARTY_MARKS = _words("r d i r. d. i. rep. dem. con lab snp ld")
"""What opens a bracket after a politician's name: (R-Tex.), (D)."""

PERSON_VERBS = _words("""
said says told added adds admitted agreed announced argued argues asked asks acknowledged believes believed
called conceded complained contended declared declined denied explained grew hopes hoped insisted insists
joked knew knows laughed learned lives lived married noted notes nodded observed pleaded predicted promised
quipped recalled recalls replied remembers resigned responded retired scored shrugged smiled spoke suggested
testified thinks thought tweeted urged vowed wants warned who whose wondered wore worked wrote writes
""")
"""Verbs that a person is the likely subject of."""

IRREGULAR_PASTS = _words("""
became began bought broke brought came chose drew drove fell fought found gave got grew heard held kept knew
laid led left lost made met paid put ran rose sang sat saw sold sent shot sought stood struck swam swept swore
taught threw took went won wrote
""")
"""Irregular verbs in the past."""

ROLE_SURNAMES = _words("""
baker bishop butcher carpenter cook driver farmer fisherman gardener guard guest guide head hero hunter judge
king legend mason marshal miller model page porter priest prince shepherd star tailor boss brewer cousin
friends
""")
"""Roles that are as often surnames or parts of names; no title before a name."""

AMBIGUOUS_FIRST_NAMES = _words("""
al angel april art ash august bill bob chin chuck clay cliff daisy dale dawn dean drew earl faith frank gene
grace grant guy harry hazel heather holly hope ivy jack jay june joy king lance lane laurel lily mark may max
melody mercy miles min misty norm olive pat pearl penny per ray rich rob robin rocky rod rose ruby rusty
sandy skip star sterling sue sunny trent van victor violet wade ward will win woody young said shah chen kent
reed
""")
"""First names that are also common words: no cue alone at the start of a sentence."""
