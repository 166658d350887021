/** Common surnames of many cultures, written down from general knowledge. Those that are words of a language too count only beside a given name. */
export const SURNAMES = `
Smith Johnson Williams Jones Davis Miller Wilson Anderson Taylor Thomas Jackson Harris Martin Thompson Garcia Martinez Robinson Rodriguez Lewis Walker Allen Hernandez Wright Lopez Scott
Adams Baker Gonzalez Nelson Mitchell Perez Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Sanchez Morris Rogers Reed Morgan Murphy Bailey Rivera Cooper Richardson
Howard Torres Peterson Ramirez James Watson Brooks Sanders Bennett Barnes Henderson Coleman Jenkins Patterson Simmons Foster Gonzales Bryant Alexander Russell Griffin Diaz Hayes Myers
Hamilton Graham Sullivan Wallace Owens Reynolds Fisher Ellis Harrison Gibson McDonald Cruz Marshall Ortiz Gomez Murray Freeman Wells Simpson Stevens Tucker Porter Hicks Crawford Kennedy
Burns Gordon Henry Holmes Robertson Warren Dixon Ramos Reyes Nichols Mills Olson Griffiths Daniels Palmer Ferguson Rosenberg Goldberg Cohen Levy Levi Mizrahi Peretz Biton Friedman Katz Shapiro
Kaplan Weiss Schwartz Rosen Stein Bernstein Klein Gross Brown White Hall Clark Young King Hill Green Carter Cook Bell Ward Cox Gray Ross Long Butler Price Perry Powell Stone Rose Hunter
Black Woods Cole West Hunt Mason Webb Rice Wood Boyd Grant Fox Lane Hudson Spencer Gardner Payne Pierce Berry Matthews Arnold Wagner Willis Ray Watkins Carroll Duncan Snyder Hart Cunningham
Bradley Andrews Ruiz Harper Riley Armstrong Carpenter Weaver Greene Lawrence Elliott Chavez Sims Austin Peters Kelley Franklin Lawson Fields Gutierrez Ryan Schmidt Carr Vasquez Castillo
Wheeler Chapman Oliver Montgomery Richards Williamson Johnston Banks Meyer Bishop McCoy Howell Alvarez Morrison Hansen Fernandez Garza Harvey Little Burton Stanley Nguyen George Jacobs
Reid Kim Fuller Lynch Dean Gilbert Garrett Romero Welch Larson Frazier Burke Hanson Day Mendoza Moreno Bowman Medina Fowler Brewer Hoffman Carlson Silva Pearson Holland Douglas Fleming
Jensen Vargas Byrd Davidson Hopkins May Terry Herrera Wade Soto Walters Curtis Neal Caldwell Lowe Jennings Barnett Graves Jimenez Horton Shelton Barrett Obrien Castro Sutton Gregory McKinney
Lucas Miles Craig Rodriquez Chambers Holt Lambert Fletcher Watts Bates Hale Rhodes Pena Beck Newman Haynes McDaniel Mendez Bush Vaughn Parks Dawson Santiago Norris Hardy Love Steele Curry
Powers Schultz Barker Guzman Page Munoz Ball Keller Chandler Weber Leonard Walsh Lyons Ramsey Wolfe Schneider Mullins Benson Sharp Bowen Daniel Barber Cummings Hines Baldwin Griffith Valdez
Hubbard Salazar Reeves Warner Stevenson Burgess Santos Tate Cross Garner Mann Mack Moss Thornton Dennis McGee Farmer Delgado Aguilar Vega Glover Manning Cohen Harmon Rodgers Robbins Newton
Todd Blair Higgins Ingram Reese Cannon Strickland Townsend Potter Goodwin Walton Rowe Hampton Ortega Patton Swanson Joseph Francis Goodman Maldonado Yates Becker Erickson Hodges Rios Conner
Adkins Webster Norman Malone Hammond Flowers Cobb Moody Quinn Blake Maxwell Pope Floyd Osborne Paul McCarthy Guerrero Lindsey Estrada Sandoval Gibbs Tyler Gross Fitzgerald Stokes Doyle
Sherman Saunders Wise Colon Gill Alvarado Greer Padilla Simon Waters Nunez Ballard Schwartz McBride Houston Christensen Klein Pratt Briggs Parsons McLaughlin Zimmerman French Buchanan Moran
Copeland Roy Pittman Brady McCormick Holloway Brock Poole Frank Logan Owen Bass Marsh Drake Wong Jefferson Park Morton Abbott Sparks Patrick Norton Huff Clayton Massey Lloyd Figueroa Carson
Bowers Roberson Barton Tran Lamb Harrington Casey Boone Cortez Clarke Mathis Singleton Wilkins Cain Bryan Underwood Hogan McKenzie Collier Luna Phelps McGuire Allison Bridges Wilkerson Nash
Summers Atkins Davies Evans Hughes Lewis Morgan Griffiths Edwards Owen Pritchard Bevan Macdonald Mackenzie MacLeod Maclean Sinclair Munro Innes Drummond Hendry Baird Begley OConnor ONeill
Kelly Byrne Gallagher Doherty Kennedy Nolan Brennan Dunne Murray Daly Connolly Farrell Keane Moran Fitzpatrick Maguire Whelan Shah Patel Sharma Singh Kumar Gupta Verma Agarwal Aggarwal Jain
Mehta Desai Joshi Kulkarni Deshpande Patil Iyer Iyengar Nair Menon Pillai Rao Reddy Naidu Krishnan Krishnamurthy Subramanian Venkatesan Raman Ramaswamy Rajan Raghavan Murthy Hegde Shetty Kamath
Bhat Pai Bose Banerjee Mukherjee Chatterjee Chakraborty Ghosh Das Dutta Sen Roy Basu Mitra Kapoor Khanna Malhotra Chopra Bhatia Arora Sethi Ahuja Sood Grover Gill Sidhu Dhillon Grewal Sandhu
Brar Kaur Chauhan Rathore Thakur Yadav Mishra Tiwari Pandey Dubey Shukla Trivedi Chaturvedi Saxena Srivastava Mathur Bansal Goel Mittal Khan Ansari Qureshi Siddiqui Sheikh Shaikh Syed Mirza
Baig Malik Chaudhry Chaudhary Butt Akhtar Iqbal Rehman Rahman Hossain Islam Chowdhury Uddin Begum Perera Fernando Silva Jayawardena Wickramasinghe Bandara Dissanayake Gunawardena Thapa Gurung
Tamang Shrestha Rai Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo Lin He Gao Liang Zheng Luo Song Xie Tang Han Cao Deng Xiao Feng Zeng Cheng Cai Peng Pan Yuan Dong Su Lu
Jiang Wei Shen Du Ding Ren Fan Fang Shi Yao Tan Liao Zou Xiong Jin Lei Hou Bai Meng Qin Wan Gu Yin Tsai Hsu Chang Lee Chan Cheung Wong Lau Leung Ng Ho Lam Kwok Yeung Tsang Chow Yip Mok Fung
Poon Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Yamazaki Mori Abe Ikeda Hashimoto Ishikawa
Ogawa Okada Goto Hasegawa Murakami Kondo Ishii Saito Sakamoto Endo Aoki Fujii Nishimura Fukuda Ota Miura Fujita Okamoto Nakajima Matsuda Nakagawa Harada Ono Tamura Takeuchi Kim Lee Park Choi
Jung Kang Cho Yoon Jang Lim Oh Seo Shin Kwon Hwang Ahn Song Hong Tran Le Pham Huynh Hoang Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Santoso Wijaya Setiawan Hidayat Saputra Pratama Kusuma Nugroho
Wibowo Susanto Hartono Gunawan Cruz Bautista Ocampo Villanueva Aquino Dela Manalo Pascual Salvador Mercado Navarro Garcia Fernandez Gonzalez Rodriguez Lopez Martinez Sanchez Perez Gomez Martin
Jimenez Ruiz Hernandez Diaz Moreno Alvarez Munoz Romero Alonso Gutierrez Navarro Torres Dominguez Vazquez Ramos Gil Ramirez Serrano Blanco Molina Morales Suarez Ortega Delgado Castro Ortiz Rubio
Marin Sanz Iglesias Nunez Medina Garrido Cortes Castillo Santos Lozano Guerrero Cano Prieto Mendez Cruz Calvo Gallego Vidal Leon Marquez Herrera Pena Flores Cabrera Campos Vega Fuentes Carrasco
Diez Caballero Nieto Reyes Aguilar Pascual Herrero Santana Lorenzo Hidalgo Montero Ibanez Gimenez Ferrer Duran Santiago Benitez Mora Vicente Vargas Arias Carmona Crespo Roman Pastor Soto Saez
Velasco Soler Moya Esteban Parra Bravo Gallardo Rojas Pardo Merino Franco Espinosa Izquierdo Lara Rivas Silva Rivera Casado Arroyo Redondo Camacho Rey Vera Otero Luque Galan Montes Rios Sierra
Segura Carrillo Valdez Mejia Quispe Mamani Condori Ferreira Pereira Oliveira Souza Rodrigues Alves Lima Gomes Ribeiro Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento
Andrade Moreira Nunes Marques Machado Mendes Freitas Cardoso Ramos Goncalves Santana Teixeira Araujo Pinto Correia Costa Sousa Martins Jesus Monteiro Fonseca Cunha Duarte Coelho Batista Azevedo
Melo Bernard Dubois Durand Moreau Simon Laurent Lefebvre Leroy Roux Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefevre Faure Andre Mercier Blanc Guerin
Boyer Garnier Chevalier Francois Legrand Gauthier Perrin Robin Clement Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noel Meyer Dufour Meunier Brun
Blanchard Giraud Joly Riviere Lucas Brunet Gaillard Barbier Arnaud Martinez Gerard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Fabre Lacroix Mueller Schmidt Schneider Fischer Weber
Meyer Wagner Becker Schulz Hoffmann Schaefer Koch Bauer Richter Klein Wolf Schroeder Neumann Schwarz Zimmermann Braun Krueger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann
Schmid Schulze Maier Koehler Herrmann Koenig Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Moeller Weiss Jung Hahn Schubert Vogel Friedrich Keller Guenther Frank Berger Winkler Roth Beck
Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Boehm Winter Kraus Martin Schumacher Kraemer Vogt Stein Jaeger Otto Sommer Gross Seidel Heinrich Brandt Haas Schreiber Graf Schulte Dietrich
Ziegler Kuhn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De Luca Mancini Costa
Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola De Santis Marchetti Parisi Villa
Conte Ferraro Ferri Fabbri Bianco Marini Grasso Valentini Messina Sala Gatti Pellegrini Palumbo Sanna Farina Rizzi Monti Cattaneo Morelli Amato Silvestri Mazza Testa Grassi Pellegrino De Jong Jansen
Bakker Visser Smit Meijer De Boer Mulder Bos Vos Peters Hendriks Dekker Dijkstra Smits Kok Jacobs Vermeulen Peeters Janssens Maes Mertens Willems Claes Goossens Wouters Lambrechts Johansson Andersson
Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Lindberg Lindstrom Lindgren Berg Bergstrom Lundberg Lundgren Sandberg Forsberg
Sjoberg Wallin Engstrom Eklund Danielsson Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen Berg Haugen Hagen Johannessen Jacobsen Halvorsen
Nielsen Christensen Sorensen Rasmussen Petersen Madsen Kristensen Olesen Thomsen Poulsen Korhonen Virtanen Makinen Nieminen Makela Hamalainen Laine Heikkinen Koskinen Jarvinen Lehtonen Lehtinen
Saarinen Salminen Heinonen Niemi Salonen Laitinen Nowak Kowalski Wisniewski Dabrowski Lewandowski Wojcik Kaminski Kowalczyk Zielinski Szymanski Wozniak Kozlowski Jankowski Wojciechowski Kwiatkowski
Kaczmarek Mazur Krawczyk Piotrowski Grabowski Nowakowski Pawlowski Michalski Nowicki Adamczyk Dudek Zajac Wieczorek Ivanov Smirnov Kuznetsov Popov Vasiliev Petrov Sokolov Mikhailov Novikov Fedorov
Morozov Volkov Alekseev Lebedev Semenov Egorov Pavlov Kozlov Stepanov Nikolaev Orlov Andreev Makarov Nikitin Zakharov Ivanova Petrova Smirnova Kuznetsova Popova Volkova Sokolova Shevchenko Bondarenko
Kovalenko Tkachenko Kravchenko Melnyk Kovalchuk Boyko Novak Svoboda Novotny Dvorak Cerny Prochazka Kucera Vesely Horak Nemec Pokorny Marek Kral Nagy Kovacs Toth Szabo Horvath Varga Kiss Molnar
Nemeth Farkas Balogh Papp Takacs Juhasz Popescu Ionescu Popa Radu Dumitru Stan Stoica Gheorghe Matei Constantin Marin Petrovic Nikolic Jovanovic Markovic Djordjevic Stojanovic Ilic Pavlovic Papadopoulos
Papadakis Georgiou Dimitriou Nikolaou Ioannou Yilmaz Kaya Demir Celik Sahin Yildiz Yildirim Ozturk Aydin Ozdemir Arslan Dogan Kilic Aslan Cetin Kara Koc Kurt Ozkan Simsek Polat Mensah Owusu Boateng
Asante Osei Appiah Agyeman Amoah Okafor Okonkwo Eze Nwosu Obi Okeke Adeyemi Adebayo Ogunleye Balogun Oladipo Afolabi Bello Danjuma Abubakar Mwangi Kamau Njoroge Kariuki Otieno Ochieng Odhiambo Kiprono
Kimani Ndlovu Nkosi Dlamini Khumalo Mokoena Zulu Botha Van Der Merwe Naidoo Govender Pillay Moyo Sibanda Ncube Tesfaye Bekele Tadesse Diallo Traore Keita Diop Ndiaye Fall Sow Cisse Toure Kone Coulibaly
Haddad Khoury Nassar Najjar Saleh Mansour Aziz Hamdan Hamid Farouk Darwish Abdallah Rahimi Ahmadi Hosseini Karimi Mohammadi Rezaei Moradi Jafari Ebrahimi Tehrani Shirazi Rezai
`
