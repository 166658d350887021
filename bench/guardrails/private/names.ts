/** Texts with names of people in brackets, written by hand; the second half is never looked at while rules are changed. */
export const NAMED_TEXTS = `
[Keisha Daniels] signed the lease on Monday and [Bartholomew Finch] witnessed it.
Dear [Mr. Oyelaran], your appointment has moved to Friday.
My name is [Ines Bergqvist] and I would like to cancel my order.
I spoke to [Rajeshwari Pillai] about the invoice yesterday.
Please forward this to [Tomasz Zielinski] in accounting.
[Sven Ohlsson] and [Marta Kowalczyk] will present the results.
According to [Dr. Helen Achterberg], the dose should be halved.
Regards,\n[Colm Gallagher]
Patient: [Fatima Al-Rashid], admitted with chest pain.
The driver, [Luis Ortega], was not hurt.
[Yuki Tanaka] won the tournament; [Chen Wei] came second.
Can you write a birthday card for my sister [Priya]?
Tell [Jonathan] that the keys are under the mat.
[Emeka Okonkwo] has been with the company for ten years.
Ask [Ms. Delacroix] whether the room is free.
Attendees: [Hannah Weiss], [Omar Haddad], [Grace Kim]
My colleague [Dmitri Volkov] reviewed the patch.
[Siobhan Murphy]'s flight lands at nine.
Customer name: [Anneliese Krause]
We interviewed [Thandiwe Nkosi] for the position of nurse.
I am [José Ramírez], the new tenant in flat 4.
[Abigail Thornton] lives next door to [Kwame Mensah].
The contract between [Nadia Petrova] and the school ended in June.
Hi [Michael], thanks for your help yesterday!
[Lucía Fernández] called again about the refund.
Mein Name ist [Jürgen Hoffmann] und ich habe eine Frage.
Je m'appelle [Amélie Rousseau] et je cherche un emploi.
Me llamo [Carlos Mendoza] y vivo cerca.
Bitte rufen Sie [Frau Lindner] zurück.
[Giovanni Esposito] ha firmato il contratto.
[Arjun Mehta] owes [Vikram Singh] two hundred rupees.
The witness, [Eleanor Whitcombe], saw the car.
Prof. [Ngozi Adeyemi] teaches law.
Send it to [Zhang Min] before noon.
[Peter] and [Susan] are getting married.
My doctor is [Olga Smirnova].
Reference: [Stephen Blackwood], former manager
[Aoife Kelly] from support will call you.
In the email, [Mohammed Hassan] asks for leave.
[Laura Chen] <laura@example.com> wrote:
Her father [Gunnar Lindqvist] is a carpenter.
Does [Sara Nilsson] have access to the folder?
[William Hargreaves] was born in 1950.
Our neighbour [Mrs. Patterson] feeds the cat.
[Deepika Iyer] scored 92 in physics.
Signed, [Theodore Banks]
The winner is [Mariana Souza]!
[Hiroshi Yamamoto] retired last spring.
Contact [Robert] for the spare key.
I met [Anna Kowalska] and [Piotr Nowak] in Warsaw.
`

/** No names of people in these, though much that looks like them. */
export const NAMELESS_TEXTS = `
Write a summary of the French Revolution in three paragraphs.
The Grand Canyon and Yellowstone National Park are in the United States.
Compare Microsoft Azure with Amazon Web Services and Google Cloud.
Explain the difference between Machine Learning and Deep Learning.
The Great Gatsby is set on Long Island.
Translate "Good Morning" into Spanish, German and Hindi.
How do I deploy a React app with Docker and Kubernetes on Red Hat Linux?
Black Friday and Cyber Monday fall in November.
What is the capital of New Zealand?
The New York Times reported that Bank of America raised its rates.
List the planets: Mercury, Venus, Earth, Mars, Jupiter.
In Python, what does the Global Interpreter Lock do?
Visit the Golden Gate Bridge and Fisherman's Wharf.
World War Two ended in 1945.
The Mona Lisa hangs in the Louvre.
Total Revenue, Net Income and Operating Expenses are in the table.
Use Visual Studio Code with the Prettier plugin.
Write a haiku about Spring Rain.
The United Nations Security Council met on Tuesday.
Step One: Preheat the oven. Step Two: Mix Flour and Sugar.
The Supreme Court ruled on the Clean Air Act.
Real Madrid beat Manchester United in the Champions League.
Open Settings, then General, then Software Update.
South Africa, Sierra Leone and Ivory Coast are in Africa.
Mount Kilimanjaro is the highest mountain in Africa.
The Black Sea and the Red Sea are salty.
Rose petals and lily of the valley smell nice in May.
Will the market recover in August? Mark the date.
The Big Apple never sleeps.
I ordered a Pepperoni Pizza and a Diet Coke.
`
