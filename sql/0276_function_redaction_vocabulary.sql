-- One letter says what a word is to the redactor, so that its rules are short patterns over kinds of words instead of long
-- ones over letters. Words that are only known to be no names stand for themselves. It has no arguments and is immutable:
-- the planner computes it once per session, not per text.
create or replace function app.redaction_vocabulary()
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_object_agg(w.word, coalesce(nullif(l.kind, ''), w.word))
  from (values
    -- Known to be no names. Later lines win where a word is in two.
    ('', 'able abroad abscess absolutely accent accept access accident according accountant accounts ache aches aching active
      acupuncture add added additional adjust admin advance advice advil affect afford agent agree air aisle alarm alcohol
      aligner aligners alive allow allowed alone along alrighty alternative although ambulance amount angle angry animal ankle
      ankles announcement annual annually answer answers antibiotic antibiotics anxious anyways apart apologies apologise
      apologize apostrophe app apparently application apply appreciate approval approve approved appt appts arm arms arrange
      arrival arrive arrived arthritis article aside asleep assist assistance assistant assume asthma attached attack attempt
      attention attorney auto automated average aviva avoid awake aware awkward aww babysitter background bag balance bank bar
      base based basic basically basis bath bathroom beat bed bedroom behalf behavior behaviour belong belongs beside besides
      bet beyond bike billing birthdate bite bites biweekly blame bleach blood board bonus bottom bought bounce bound bowl
      brain branch bread break breakfast breaks breath breathing bridge bridges broccoli brow brows brush brushing budget
      building bump burn burning bus business butter buy cab calendar calm camera camp campaign campus canceling cancellation
      cancelling cap capital car carecredit careful carefully caregiver carer carry cars cast cat catch cause caused ceiling
      centre century certainly chair challenge charge charged charges charging cheap cheaper cheek cheer cheers cheese chest
      chew chewing chicken chin chiropractor choice choose cigarette city class classes clause cleaner cleared client clients
      climb clock clothes cloud club coat coffee coinsurance cold colleagues collect college color colour comfort comfortable
      comment community companies compare complain complaint complete computer concern concerns condition conditions conference
      connect connected connection consent consider contacts contract control convenient conversation cool copay copays copies
      copy corner corporate corrected cosmetic cough counter country cousins cover covers covid coworker coworkers crack
      cracked crazy cream create credit cry cup custom customers cut cute cuz cycle daily damage damn dark database deal
      dealing deals death debit deceased decide decided deductible deep degree degrees delay delayed delete deliver delivery
      denied deny department depend deposit dermatologist dermatology desk detail details diabetes diabetic died diet
      differently digit digits directions disability disabled discharge disconnected discover discussed dish distance divorced
      dog dogs dokey downstairs downtown drain drank draw dress drink drinking drivers driving drop dropped drops drove drug
      drugs dry dude dumb ear ears ease eat eaten eating edge effect effects egg elderly elevator eligible elsewhere employee
      employer empty engaged engine enjoy enroll enrolled enter entire entirely entrance envelope equipment error escape
      estimate event events eventually everyday exact exchange exercise exist existing exit exp expense experience expert
      expiration expire expired expiring expiry explain explained explanation extend extract extreme eye eyeglasses eyes
      fabulous facials facility facing factor fail failed fake fall false familiar families fan fast faster fault favor
      favorite favourite feet fellow felt female fever fight figured filed files film finger fingers finish fire firm fit fits
      fix fixed fixing flexible flight floss flow flu fly folks food fool foot force forever forward forwarded fracture fresh
      fridge friendly fruit fsa fund funny furniture future gain game garage gas gate gee general generally gentle gentleman
      gentlemen gimme glasses glue goal god goodbyes goodness gosh gotcha government gown grab grand grateful grind grinding
      ground grow growing growth guarantee guard guide gun habit hair haircut haircuts handle handled handling hang hanging
      hangs happening harder harm hassle hat headache headaches heads hearing heart heat heavy height hell helping helps
      hesitate hidden high higher highlights highly hip hire hired history hit hm holiday holidays homes honest honestly hoped
      hopefully hopes hot hotel hourly hsa hungry hurry husbands hyphenated iban ibuprofen ice icy ideal ignore ill illness
      imagine immediate immediately improve inches incident include includes income incorrect increase indeed infected informed
      inhaler initials injection injury inlay inquiring insulin insurances intake intend interest interesting interpreter
      interview introduce invite involved iron ish island issues items jaw jaws jeez jobs join joint joke journey juice jump
      key keys kick kidding kill kitchen klarna knee knees knew knock knowing lab label land landline landlord language large
      larger lash lashes latex laugh lawyer lay lead leading leaflet leak learn learned leg legal legs lemme lemon lend length
      lens lenses lesson level liar library lie life lift light limit limited lines link lip lips list listed listen listening
      lists load loan local lock locked log logged loose loss loved lower lowercase luck lung mad magic mailing main mainly
      male mall manicure map marketing mask mass massages match material maximum meal measure meat media meds menu mess metal
      method midday midnight migraine migraines mild mile milk million minimum minor minus mirror mix mixed mode model modern
      moms monthly mood moon motor mountain mouse mouthguard mouthwash movie muscle museum music mute nah nail nails nanny nap
      narrow nasty native natural nature nausea neck neighborhood nerve nerves network newborn newly news nickname nights noise
      noonish nose note noted notes notice notification numb nurse nurses nuts object obvious obviously occupied oclock odd
      offered offering oil okey ongoing onto oops operation operator opinion optician optometrist oral ordered ordinary otp
      outlet oven overdue overnight owe owed pack package pad pages pair panic paper papers paragraph pardon parked partial
      participate particular partly passed password paste patch pattern pause paying payments paypal peace peanuts pediatric
      pedicure peels pen pending penicillin percentage performance permanent permission permit personal personally pet pharmacy
      photo photos physical physically physician physio physiotherapy picked picking picture pictures piece pieces pill pillow
      pills pin pipe pizza plain plane plant plastic plate play played playing pocket pointed points police polite pool pop
      popped popular porcelain position positive possibility post posted practical practitioner pray preference pregnancy
      premium prep prepare prepared prescribe prescribed prescriptions present press pressed pressure presume prevent previous
      previously primary principal print prior priority private proceed process product products professional profile program
      project promise promised promotion proof proper properly property protect protection proud prove provide provided
      providers provides purchase purple purpose purse quality quarter quicker quiet quit quote race radio raining raise ran
      random range rare rarely rash rate rates raw reaching react reaction reactions reasonable receipt receive received
      receiving recommendation recommendations recommended recording recovery red reduce refer referrals refill refills refund
      refused register registered registration regret related relation relative relatives relax release relief relieved rely
      remain remaining removal remove removed removing rent repair repeated replace replaced replacement report reports
      represent representative requests require required requires research reserve residence residential resides resolve
      respect respectfully response responsible restaurant retired ride ring ringing rings rip risk robot roll rooms roots
      round routing rude rule rules sad safety sale sample sandwich satisfied saved savings scale scaling scan scared scenario
      scene schedules school science scratch scream screen screw seal search season seat seats secret section secure select
      sell senior sense sensitivity sentence separated separately sequence series serve serving settle setup sex shake shame
      shape share shellfish shift shipping shirt shock shoe shoes shop shopping shot shots shoulder shoulders shout shower shut
      shy siblings sight signal signature signed significant signs silly similar simply sincerely single sink site sites
      sitting size sized skull sleep sleeping sleepy slip slower slowly smell smells smoke smoker smoking smooth snack soft
      software sold solid solution solve someplace soup source speaker specials specialty speech speed spend spent spit sponsor
      sport sports spot spots spread stage stairs stand standing state statement statements states station status stayed
      staying steady steak step steps stick sticking stitch stitches stomach store strange strategy stress stuck student
      students study stupid style subject submit submitted success suddenly sugar suggest suggested suggestion suit summary sun
      supper supply support suppose surely surprise survey suspect swear switch symptom symptoms system table tablet tablets
      tape target taste tax taxi tea teach teacher tear tears teenage teens teeth teething temperature temporary tend tender
      term terms terribly terrific territory tests thankful theater theatre therapist thick thin thirsty tho thoroughly thread
      threat throat throbbing throw ticket tie tight til tiny tip tips tire toast toilet tone tongue tonsils tool toothache
      toothbrush toothpaste topic touching tough tour towards tower town toy track tracking trade traffic train training
      transferred translator transportation traveling travelling tray treat treated tree trees tremendous tricare trick trigger
      trips troubles truck truth tube tune turned turning twenties tylenol typical typically ugly uhhuh ultimately ultrasound
      umbrella unable uncomfortable underneath understanding understood uniform unitedhealthcare universe university unknown
      unlike unlikely unusual upcoming update updated updates upgrade upload uppercase upright upside upstairs urgency urgently
      useful useless user vacant vacation vaccination vaccine vaccines valid validate value vegetables vehicle venmo
      verification verify version victim village violence virtual virus vision visited visiting vital vitality vitamin vitamins
      voices void volume vomit vomiting vote wage waist waited waits wake waking walked walking wall wallet war warm warning
      wash washing watch watching wave wax waxing weak wear wearing weather wedding weekday weekdays weekly weigh weight wet
      whatsoever wheel wheelchair whereabouts whereas whispering whoa wide widow widowed win wind window wine winning wipe wire
      wires woke worker worn wound wrap wrist written yearly yell yellow yo yourselves youth yup zelle zone'),
    ('', 'a about above actually address addresses adult adults afraid after afternoon again ago ahead all allergic allergies
      allergy almost already alright also always am amazing american an and another any anybody anymore anyone anything
      anyway anywhere appointment appointments are area aren around as ask asked asking at available away awesome awful back
      bad be beautiful because become been before begin behind being believe below best better between big bill birth
      birthday birthdays bit bleeding book booked booking booth born both braces brand bring broke broken brought busy but
      button by bye call called caller calling calls came can cancel canceled cancelled cannot card cards care case catholic
      cc cell certain chance change changed chart check checked checking checkup chinese chipped christian claim
      clean cleaning cleanings clear clinic clinics close code codes coming com come comes company completely concerned
      concerning confirm confirmation confirmed confused consult consultation contact correct cost costs could couldn couple
      course coverage covered crown crowns curious current currently customer cvc cvv dash data date day dear definitely
      dental dentist dentistry dentists depends did didn dial different difficult dine dinner direct directly discount discuss
      dob doctor doctors does doesn doing don done dot double doubt down due during each earlier earliest early easier easy
      either else email emails emergency end ending england english enough er especially euro even evening evenings ever
      every everybody everyone everything exactly exam excellent except excited excuse expecting expensive expires express
      extension extra extraction extractions face facial fact fair family fantastic far fax fee feel feeling feels fees fell
      few figure file fill filled filling fillings final finally find fine finished first follow following for forget forgot
      form forms found free french from front full fully fun further gave german get gets getting give given glad go goes
      going gone gonna good goodbye got gotta great greatest greetings group guess gum gums guy guys had hadn half hand
      happen happened happens happy hard has hasn hate have haven having he head health hear heard help helpful her here
      hers him himself his hold home hoping horrible hospital house how however huge human hundred hung hurt hurting hurts
      hyphen i id idea if important in inc included including indian info information initial inside instead insurance
      insured interested into invoice is isn issue it italian its itself jewish job just keep kept kind kinda know known
      lady last late later latest least leave left less let letter letters like likely line little live lived lives living
      located location long longer look looking lose lost lot lots loud love lovely low lunch machine made mail make makes
      making man manager many married massage matter maybe md me mean means medicaid medical medicare medication medications
      medicine meet meeting member membership memory mention mentioned message messages met mexican mid middle might mind
      mine minute miss missed missing mistake mobile moment money more morning mornings most mostly mouth move moved moving
      mrn much muslim must my myself account box door dei della im zum unter zur reside salon san saint mc mister center
      till bis county name names naturally near nearly necessary need needed needs neither nervous never new next nhs nice
      night nine no nobody none noon nope nor normal normally not nothing now num number numbers of off offer office offices
      often oh old older oldest on once online only open opening opposite option options or order org original other others
      otherwise our ours out outside over own owner pain painful paid paperwork parent parents parking part party passport
      past patient patients pay payment people per percent perfect perfectly perhaps period person phone phones pick place
      plan planning plans please pleased pleasure plenty plus pm point policy possible possibly postal postcode practice
      prefer preferred pregnant prescription pretty price prices probably problem problems procedure provider public pull
      push put question questions quick quickly quite rather reach reached read ready real realise realize really reason
      reception receptionist recommend record recently records reference referral referred regarding regular regards
      reminder remember repeat reply request reschedule rescheduled respond rest result results return returning ridiculous
      right role room root rough running safe said same sat save saw say saying says schedule scheduled scheduling second
      security see seem seems seen self send sending sends sensitive sent separate serious service services session set
      severe she short should shouldn show shown sick side sign simple since sir sit situation slash slightly slot slots
      slow small smile social some somebody someday someone something sometime sometimes somewhere soon sooner sore sorry
      sort sound sounds space spanish spa speak speaking special specialist specific spell spelled spelling spells spelt
      spoke spoken ssn staff standard start started starting starts stay still stop straight stuff subscriber such sudden
      super supposed surgery surname surprised swelling swollen take taken takes taking talk talked talking team tell
      terrible test text texting texts than thank thanks that the their theirs them themselves then there therapy these they
      thing things think thinking this those though thought through throwing tickle time times tired tissue title to today
      together told tomorrow tonight too took tooth top total totally touch toward transfer travel treatment treatments
      tried trouble true try trying turn twice type um-hum under underscore understand unfortunately unless until up upper
      upset urgent us use used using usual usually various very video visit visits voice voicemail wait waiting walk wanna
      want wanted wanting wants was wasn water way we website weekend weekends weird welcome went were weren what whatever
      when whenever where wherever whether which while white whitening who whoever whole whom whose why will willing wisdom
      wish with within without woman women won wonder wonderful wondering word words work worked working works world worried
      worries worry worse worst worth would wouldn wow write writing wrong wrote yesterday yet you young younger youngest
      your yours yourself zip ha lol btw asap eta etc e-mail gmail yahoo hotmail outlook icloud aol proton protonmail gmx
      mrs mr ms named boss colleague neighbor neighbour grandparents teen ppo hmo mri abc cpr tmj ent dds usa uk eu nyc faq
      irish scottish welsh polish russian korean japanese vietnamese filipino canadian british dutch greek turkish
      african asian hispanic latino latina portuguese brazilian swedish hindu buddhist vegan atm pdf sms ekg ecg iud hiv std adhd copd vip llc tv botox filler fillers invisalign veneer veneers implant implants
      denture dentures fluoride peel laser hygienist hygiene novocaine orthodontist orthodontic orthodontics retainer
      retainers molar molars cavity cavities sealant sealants microneedling acne skin scar scars mole moles google whatsapp
      facebook instagram zoom uber apple android internet wifi christmas thanksgiving easter halloween hanukkah ramadan
      aetna cigna humana delta blue cross shield kaiser united healthcare metlife bupa axa anthem guardian medi cal visa
      mastercard amex de la le les du des van von der den del di da bin al el los las das dos do zu bint ibn abu'),
    -- Relatives, greetings, and what fills pauses.
    ('', 'lipo liposuction hydrafacial rhinoplasty facelift coolsculpting juvederm restylane dysport xeomin sculptra kybella
      ultherapy thermage prp dermaplaning microblading balayage blowout tattoo'),
    ('', 'law laws auth authorization licence license ends subscribers mothers'),
    ('', 'warranty anesthesia sedation gassy maintenance retreatment supervision renovation bundle trial policyholder monitor
      observation preauthorization preauth caretaker achy itchy puffy bloody bruised dizzy drowsy groggy nauseous woozy
      feverish sober bummed stoked thrilled delighted furious grumpy cranky terrified embarrassed ashamed exhausted starving
      unemployed jobless homeless overweight underweight asymptomatic contagious infectious unwell swamped slammed stranded
      nearby overseas uptown offline onsite remote brief handy dire crucial mandatory optional payable refundable uncovered
      blank dull chronic acute constant sporadic recurring frequent bizarre absurd sorta barely hardly roughly approximately
      precisely gluten dairy vegetarian lactose peanut codeine aspirin amoxicillin lidocaine carpet sofa couch hallway lobby
      escalator basement attic driveway sidewalk laptop keyboard browser router inbox spam folder attachment scanner printer
      supermarket grocery daycare kindergarten preschool gym sleet fog rainy sunny cloudy windy slippery flooded frozen
      payroll mortgage overdraft checkbook cash coins voucher coupon promo raffle plumber electrician mechanic cashier
      waitress waiter bartender midwife paramedic firefighter soldier pilot trucker fortnight dusk semester
      trimester canine incisor enamel plaque tartar ulcer lesion blister lump hives wart elbow thumb pinky knuckle thigh calf
      shin heel toe rib spine belly tummy bladder kidney liver soccer football basketball baseball hockey tennis golf yoga
      pilates karate ballet swimming rehearsal recital brunch beer puppy kitten hamster goldfish horse cow crap heck darn
      dang geez whoops oopsie yikes yay guarantor pseudonym alias protocol guidelines agreement probation quarantine arrest
      oath review scrutiny suspicion fifty-fifty half-hour halfway midweek anyday likewise therefore thereafter meanwhile
      nonetheless moreover wholly solely purely strictly merely literally supposedly frankly crew squad committee panel
      agency bureau council ministry jury notary tonsil forehead eyebrow eyelid eyelash nostril earlobe noisy silent dim
      bright sticky slimy greasy dusty dirty filthy spotless tidy messy wobbly'),
    ('J', 'son sons daughter daughters wife husband mother father mom mommy mum dad daddy brother brothers sister sisters sis child children kid kids baby boy
      boys girl girls grandson granddaughter grandmother grandfather grandma grandpa nephew niece cousin aunt auntie uncle partner fiance fiancee fiancé fiancée boyfriend girlfriend friend friends stepson stepdaughter toddler toddlers twin twins spouse roommate grandchild infant teenager stepmother stepfather
      stepmom stepdad stepsister stepbrother godmother godfather godson goddaughter'), ('hi', 'hi hello hey'), ('uh', 'uh um ugh mhm mm hmm uhm huh ah well yes yeah yea yep sure ok okay so'),
    -- Parts of numbers: units, teens, tens, hundred, thousand, and how often the next digit is said.
    ('U0', 'zero oh nought naught nil'), ('U1', 'one'), ('U2', 'two'), ('U3', 'three'), ('U4', 'four'), ('U5', 'five'),
    ('U6', 'six'), ('U7', 'seven'), ('U8', 'eight'), ('U9', 'nine niner'),
    ('T10', 'ten'), ('T11', 'eleven'), ('T12', 'twelve'), ('T13', 'thirteen'), ('T14', 'fourteen'), ('T15', 'fifteen'),
    ('T16', 'sixteen'), ('T17', 'seventeen'), ('T18', 'eighteen'), ('T19', 'nineteen'),
    ('Y20', 'twenty'), ('Y30', 'thirty'), ('Y40', 'forty fourty'), ('Y50', 'fifty'), ('Y60', 'sixty'), ('Y70', 'seventy'),
    ('Y80', 'eighty'), ('Y90', 'ninety'), ('H', 'hundred'), ('K', 'thousand'), ('X2', 'double'), ('X3', 'triple treble'),
    -- Ordinals.
    ('O1', 'first'), ('O2', 'second'), ('O3', 'third'), ('O4', 'fourth'), ('O5', 'fifth'), ('O6', 'sixth'), ('O7', 'seventh'),
    ('O8', 'eighth'), ('O9', 'ninth'), ('O10', 'tenth'), ('O11', 'eleventh'), ('O12', 'twelfth'), ('O13', 'thirteenth'),
    ('O14', 'fourteenth'), ('O15', 'fifteenth'), ('O16', 'sixteenth'), ('O17', 'seventeenth'), ('O18', 'eighteenth'),
    ('O19', 'nineteenth'), ('O20', 'twentieth'), ('O30', 'thirtieth'),
    -- Months, weekdays, money, spans of time.
    ('M1', 'january jan'), ('M2', 'february feb'), ('M3', 'march mar'), ('M4', 'april apr'), ('M5', 'may'), ('M6', 'june jun'),
    ('M7', 'july jul'), ('M8', 'august aug'), ('M9', 'september sep sept'), ('M10', 'october oct'), ('M11', 'november nov'),
    ('M12', 'december dec'),
    ('D', 'monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays
      sundays tue tues wed thu thur thurs fri'),
    ('C', 'dollar dollars buck bucks euros pound pounds quid cent cents pence usd eur gbp'),
    ('Q', 'minutes min mins hours hour hr hrs days weeks week months month years year yrs seconds o''clock'),
    -- Streets: what is one almost always, what may be one, directions, and parts of a house.
    ('S', 'street avenue ave av boulevard blvd road rd lane ln parkway pkwy highway hwy turnpike expressway freeway expy fwy crescent mews concourse motorway boardwalk'),
    ('Zst', 'st'), ('Zdr', 'dr'), ('Zca', 'calle camino avenida paseo rua rambla carrera'),
    ('Z', 'drive place pl court ct circle cir square sq row hill park trail trl alley loop plaza gardens green grove
      view run pike path pass rise quay wharf crossing hollow ridge glen terrace close walk common meadow
      creek bend cove hills heights vale fields yard parade embankment bypass route terr ter cres plz xing crt hgts manor mnr estates landing commons trace knoll heath
      villas causeway vista mount rte harbor harbour village island valley springs shores junction yards
      acres meadows pines oaks ranch bluff bluffs crest highlands isle knolls overlook canyon crossroads croft drove lea mead moor paddock
      strand wynd orchard ctr promenade circuit copse dell garth grange quadrant nook precinct gateway viaduct skyway
      arcade lookout inlet prairie summit cliffs falls parkside turnabout spur byway ridgeway lakes'),
    ('V', 'north south east west northeast northwest southeast southwest nw ne sw'),
    ('B', 'apartment apt unit suite ste flat floor fl'),
    ('Us', 'illinois indiana california texas florida ohio georgia michigan virginia arizona massachusetts tennessee maryland
      wisconsin minnesota colorado alabama louisiana kentucky oregon oklahoma connecticut utah iowa nevada kansas pennsylvania'),
    ('Zway', 'way'), ('Zbroadway', 'broadway esplanade'), ('F', 'rue chemin impasse allée allee quai cours'),
    ('G', 'straße strasse str weg platz gasse ufer damm chaussee')
  ) l(kind, words)
  cross join lateral regexp_split_to_table(btrim(l.words), '\s+') w(word)
$$;

comment on function app.redaction_vocabulary() is
  'What the words of English scheduling talk are to the redactor: digits and numbers (U7, T12, Y40, H, K, X2), ordinals (O3), months (M3), weekdays (D), money (C), spans (Q), streets (S, Z, F, G), directions (V), parts of a house (B); every other word that is no name is itself.';

select app.seal('app.redaction_vocabulary()', null, 'tenant_service', 'app_writer');
