/** Given names and surnames that are words too: alone they say nothing. */
export const AMBIGUOUS = `
Will Mark Grace Hope Rose Grant Bill Art Dean Guy Gene Rich April May June August Sky Bill Frank Jack Rob Nick Pat Chase Chuck Drew Dale Earl Glen Glenn Lance Max Miles Norm Ray Rex Rod
Rusty Sandy Stone Ivy Lily Daisy Violet Jasmine Amber Jade Crystal Ruby Pearl Opal Ginger Heather Hazel Holly Iris Joy Faith Charity Destiny Genesis Trinity Kennedy Lincoln Jackson
Madison Austin Dallas Houston Carson Carter Mason Hunter Harper Piper Taylor Tyler Parker Cooper Logan Jordan Brooklyn Savannah Georgia Virginia Carolina Florence Paris London Sydney
Victoria Charlotte Alexandria Santiago Kenya China India Chad Israel Luna Aurora Nova Aria Major King Prince Duke Earl Baron Bishop Pope Page Reed Reid Read Cook Baker Miller Smith Young
Long Short Gray Green Brown Black White Hill Wood Woods Stone Rivers Lake Brook Brooks Banks Field Fields Park Parks Day Knight Price Rice Rich Love Little Small Sharp Wise Strong Moody
Flowers Bush Rose Fox Wolf Wolfe Bird Crane Hawk Lamb Bass Fish Mack Case Cross Ball Bell Bond Chain Chance Church Cobb Curry Frost French English Holland Germany Italy Wales Ireland
Summer Summers Winter Winters Snow Rain Storm Gale Dawn Eve Star Sunny Sun Moon Sky Ocean River Forest Autumn Spring Christian Pascal Ada Ruby Julia Python Perl Java Swift Scala Crystal
Elm Haskell Lisp Jenkins Travis Jasper Otto Oracle Mercedes Lexus Tesla Ford Lincoln Dodge Jesus Angel Sage Basil Rosemary Olive Clay Cliff Dusty Stormy Bonnie Buddy Junior Senior
Don Juan San Santa Van Von Des Les Las Los Sur Son Sang Man Ming Han Tang Song Yuan Jin Sui Wei Shan Long Bao Hui Kai Li Lin Ling Ping Ying Mei Min Van Thi Do To Ho Ha La Le Lo Lu Ma Mo
My No Oh On Or So Su Ta Te Ti Tu Vo Vu Wa We Wu Xi Ya Ye Yi Yu Ban Can Cam Car Dan Dev Don Gal Ham Jan Jay Kay Kim Kit Lee Len Liv Mai Mat Max Ned Ora Pam Pat Per Pia Ram Raj Ran Ren Rio
Rob Ron Sai Sam Sid Sin Sri Ted Tim Tom Tor Val Vin Woo Yan Zen Amber Bell Cash Click Cody Dash Dot Ember Flora Fauna Gemini Claude Sonnet Mistral Gemma Alexa Siri Cortana Bard Grok Gloria
Alma Mater Venus Mars Apollo Athena Zeus Hera Ares Hermes Atlas Titan Echo Delta Omega Alpha Beta Bravo Charlie Oscar Romeo Juliet Victor Mike Sierra Tango Papa Lima Quebec Hotel Golf Kilo
Amazon Apple Amman Medina Mecca Salem Bethany Bethlehem Jerusalem Bath Reading Nice Nancy Lourdes Lyon Como Siena Verona Chester Lancaster Preston Stafford Warwick Windsor Winston Worth
Usha Om Indra Uday Kiran Anand Vidya Padma Sita Rama Krishna Ganesh Lakshmi Saraswati Shiva Veda Noor Amen Islam Imam Sheikh Das Sen Rai Pan Fan Gu Sung Dong Park Seo Shin Bui Nam Ring
Rey Leon Roman Franco Costa Marina Serena Pilar Sol Mar Luz Paz Dolores Mercedes Consuelo Esperanza Guadalupe Rosa Rosario Perla Blanca Linda Bella Stella Nova Terra Vita Via Villa Casa
Early Best Case Chief Self Way Ways Head Hand Foot Rush Ware Wells West North South East Battle Bright Barber Carpenter Farmer Fisher Gardner Hunter Mason Porter Potter Shepherd Tanner
Weaver Driver Singer Fuller Marshall Constable Sheriff Sergeant General Justice Law Laws Legal Judge Lord Lady Master Noble Power Powers Pride Pope Abbott Dean Bishop Church Temple Parish
Nash Bayes Gauss Newton Fourier Pascal Kelvin Darcy Norton Wilson Stanford Harvard Cornell Berkeley Cambridge Oxford Lane Street Rhodes Jordan Grove Marsh Moss Waters Glass Silver Gold
Delta Fall Cruise Marine Major Minor Paige Story Tale Tori Trace Wade Walker Ward Webb Sheets Word Excel Access Outlook Teams Edge Chrome Opera Safari Swift Slack Zoom
`

/** Words that begin sentences or stand in headings, and what has a capital and is nobody. */
export const NOBODY = `
The A An I In On At By For From To With Of And Or But If So As Is Are Was Were Be Been Do Does Did Has Have Had Can Could Will Would Should Shall May Might Must Not No Yes What Who Whom Whose
When Where Why Which How This That These Those There Here Then Than It Its He She They We You Your Our His Her Their My Me Us Them Hi Hello Hey Dear Please Thanks Thank Regards Sincerely Best
Kind Warm Yours Cheers Sir Madam Mr Mrs Ms Miss Dr Prof Good Morning Afternoon Evening Night Welcome Note Subject Re Fwd Date Time Name Names Address Phone Email Contact Customer Client Patient
User Users Employee Manager Director President Officer Chairman Secretary Minister Senator Governor Mayor Captain Doctor Nurse Professor Teacher Student Students Engineer Developer Analyst
Write Create Make Generate Give Tell Show Explain Describe Discuss Compare Contrast List Find Suggest Provide Design Build Draft Summarize Translate Identify Analyze Analyse Evaluate Calculate
Convert Rewrite Edit Explain Propose Outline Classify Sort Predict Compose Imagine Consider Let Use Using Add Remove Delete Update Change Choose Pick Select Rank Rate Review Recommend Help
Answer Question Questions Input Output Example Examples Task Instruction Instructions Context Given Based Following Step Steps Section Chapter Table Figure Part Article Question Version Total
Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Spring Summer Autumn Winter Christmas Easter
English French German Spanish Italian Portuguese Dutch Russian Chinese Japanese Korean Arabic Hindi Hebrew Greek Latin Turkish Polish American British European Asian African Indian Canadian
Australian Mexican Brazilian Irish Scottish Welsh Swedish Norwegian Danish Finnish Christian Muslim Jewish Hindu Buddhist Catholic Protestant Islam Christianity Judaism Hinduism Buddhism Bible
Quran God Lord Jesus Christ Allah Buddha Internet Web Python Java JavaScript TypeScript SQL HTML CSS API JSON XML HTTP Google Microsoft Apple Amazon Facebook Meta Twitter Netflix Uber Airbnb
Tesla Samsung Sony Nintendo Disney Nike Adidas Coca Cola Pepsi Starbucks Walmart Target Costco IBM Intel Nvidia Oracle Adobe YouTube Instagram LinkedIn WhatsApp Reddit Wikipedia Windows Linux
Mac Android iPhone Excel Word PowerPoint Outlook Gmail Slack Zoom Teams Street St Avenue Ave Road Rd Boulevard Blvd Lane Drive Dr Court Ct Place Square Park Bridge River Lake Mountain Mount
Island Islands Ocean Sea Bay Beach Valley Creek Hills Forest Desert City Town County State Province District Village University College School Institute Academy Hospital Clinic Center Centre
Museum Library Church Cathedral Temple Mosque Airport Station Hotel Restaurant Cafe Theatre Theater Stadium Tower Building House Palace Castle Hall Bank Inc Ltd LLC Corp Corporation Company Co
GmbH Group Holdings Partners Associates Foundation Association Society Union League Club Team Committee Council Commission Department Ministry Agency Office Bureau Court Congress Senate
Parliament House Act Law Treaty War Battle Revolution Empire Kingdom Republic Democratic Party Award Prize Cup Championship Olympics Games Festival North South East West Northern Southern
Eastern Western New Old Great Big Little Upper Lower Saint San Santa Los Las El La Le Les Der Die Das United Kingdom States Nations America Europe Asia Africa Australia Antarctica World Earth
Sun Moon Mars Venus Jupiter Saturn Mercury Neptune Uranus Internet First Second Third Last Next Also However Therefore Meanwhile Moreover Furthermore Finally Because Although While After Before
During Since Until Once Now Today Tomorrow Yesterday Every Each All Some Any Many Most Several Both Either Neither Another Other Such Same Only Just Even Still Never Always Often Sometimes
Machine Learning Deep Neural Network Artificial Intelligence Data Science Computer Software Hardware Cloud Security Privacy Policy Terms Service Agreement Contract Order Invoice Receipt Payment
Credit Card Debit Account Number Passport License Licence Social Bank Insurance Health Medical Care Emergency Room Black White Red Blue Green Yellow Orange Purple Pink Brown Gray Grey Gold Silver
`

/** In front of a name, with or without a full stop. */
export const TITLES = `mr mrs ms miss mx dr prof professor sir dame madam lord lady rev reverend fr father sister brother capt captain lt sgt gen col hon judge justice senator herr frau hr
señor señora señorita sr sra srta don doña monsieur madame mademoiselle mme mlle signor signora signorina sig dott dottoressa ing dona shri shrimati smt sri pt pandit sheikh sayyid imam rabbi
pan pani pán paní`

/** Small words within a name. */
export const PARTICLES = 'de da do dos das del della di du des la le van von der den ter ten bin ibn al el bint ben y e zu af av'

/** What makes of the words before it a place, a body or a thing. */
export const NOT_PERSON_AFTER = `street st avenue ave road rd boulevard blvd lane ln drive court ct place pl square park bridge river lake mountain mount island islands ocean sea bay beach valley creek
hills forest city town county state province district village university college school institute academy hospital clinic center centre museum library church cathedral temple airport station hotel
restaurant cafe theatre theater stadium tower building palace castle hall bank inc ltd llc corp corporation company co gmbh group holdings partners foundation association society union league club
team award prize cup trophy law theorem equation effect principle method algorithm syndrome disease test scale index constant number war battle act doctrine administration airlines motors
records pictures studios press publishing brothers bros sons way crescent terrace close gardens grove heights canyon falls springs field stadium arena memorial`
