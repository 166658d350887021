/** Common given names of many cultures, written down from general knowledge. A hint, never a promise. */
export const GIVEN_NAMES = `
James Robert John Michael David William Richard Joseph Thomas Christopher Charles Daniel Matthew Anthony Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian
George Timothy Ronald Jason Edward Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Alexander Patrick Frank
Raymond Jack Dennis Jerry Tyler Aaron Jose Adam Nathan Henry Zachary Douglas Peter Kyle Noah Ethan Jeremy Christian Walter Keith Austin Roger Terry Sean Gerald Carl
Dylan Harold Jordan Jesse Bryan Lawrence Arthur Gabriel Bruce Logan Billy Joe Alan Juan Elijah Willie Albert Wayne Randy Mason Vincent Liam Roy Bobby Caleb Bradley
Russell Lucas Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Karen Sarah Lisa Nancy Sandra Betty Ashley Emily Kimberly Margaret Donna Michelle Carol
Amanda Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Dorothy Amy Kathleen Angela Shirley Emma Brenda Pamela Nicole Anna Samantha Katherine Christine Helen
Debra Rachel Carolyn Janet Maria Catherine Heather Diane Olivia Julie Joyce Victoria Ruth Virginia Lauren Kelly Christina Joan Evelyn Judith Andrea Hannah Megan Cheryl
Jacqueline Martha Madison Teresa Gloria Sara Janice Ann Kathryn Abigail Sophia Frances Jean Alice Judy Isabella Julia Denise Danielle Marilyn Beverly Charlotte Natalie
Theresa Diana Brittany Doris Kayla Alexis Lori Marie Oliver Harry Charlie Alfie Freddie Archie Theo Oscar Leo Isaac Finley Max Toby Louis Elliot Reuben Hugo Felix Jude
Owen Connor Callum Rhys Gareth Ewan Hamish Angus Fraser Alasdair Duncan Stuart Graham Nigel Clive Trevor Barry Derek Ian Neil Simon Martin Colin Malcolm Geoffrey Amelia
Isla Ava Mia Ivy Lily Freya Florence Willow Rosie Sophie Evie Poppy Phoebe Imogen Harriet Beatrice Matilda Eleanor Alison Fiona Gillian Hilary Hazel Jane Joanne Kirsty
Lesley Lorna Lynn Maureen Moira Nicola Paula Penelope Rosemary Sheila Tracey Wendy Zoe Siobhan Niamh Aoife Ciara Saoirse Orla Maeve Roisin Grainne Eoin Cian Oisin Declan
Brendan Cormac Fergus Padraig Seamus Diarmuid Tadhg Conor Colm Ronan Chloe Ella Grace Lucy Molly Jasmine Paige Jade Amber Georgia Bethany Holly Leah Naomi Esther Miriam
Judah Levi Ezra Asher Eli Ari Noam Yosef Moshe Avi Shira Tamar Yael Rivka Chana Noa Adi Eitan Itai Gal Omer Ido Yonatan Uri Ariel Daniela Michal Ronit Orly Galit
Priya Asha Anjali Deepa Lakshmi Kavita Sunita Neha Pooja Ritu Sneha Divya Meera Radha Sita Gita Geeta Rekha Usha Nisha Shreya Ananya Aditi Isha Kiran Aarti Jyoti Swati
Preeti Shweta Sonia Rani Padma Saraswati Vidya Nandini Ishita Tanvi Aishwarya Kavya Riya Diya Saanvi Aadhya Myra Anika Rahul Rajesh Suresh Ramesh Mahesh Ganesh Dinesh
Mukesh Rakesh Amit Anil Sunil Sanjay Vijay Ajay Ravi Arjun Aarav Vivaan Aditya Vihaan Sai Arnav Krishna Ishaan Rohan Rohit Vikram Vikas Manoj Ashok Deepak Nitin Sachin
Gaurav Saurabh Abhishek Abhinav Harish Girish Satish Naveen Prakash Pradeep Sandeep Kuldeep Gurpreet Harpreet Manpreet Jaspreet Amrit Balwinder Karthik Kartik Senthil
Murugan Venkat Srinivas Subramaniam Anand Arun Ashwin Balaji Chandra Gopal Hari Jagdish Kamal Kishore Mohan Narendra Om Pankaj Parth Raghav Raj Raju Sameer Shyam Siddharth
Tarun Uday Varun Vinod Vivek Yash Zubin Imran Salman Aamir Shahrukh Farhan Faisal Irfan Javed Nadeem Naseem Rashid Tariq Usman Waqar Yusuf Zahid Zafar Asif Bilal Hamza
Mohammed Muhammad Mohammad Mohamed Ahmed Ahmad Ali Hassan Hussein Hussain Ibrahim Ismail Khalid Khaled Mahmoud Mustafa Omar Umar Osman Saeed Said Samir Tarek Walid Yasser
Youssef Ziad Karim Kareem Abdul Abdullah Abdulrahman Jamal Jamil Nabil Nasser Rami Rashad Salah Sami Fadi Fatima Aisha Ayesha Khadija Maryam Mariam Zainab Zeinab Amina Amira
Leila Layla Laila Noor Nour Huda Hanan Salma Samira Yasmin Yasmine Rania Dina Dalia Farah Hala Iman Jamila Lina Lubna Maha Mona Nadia Najwa Rana Reem Sahar Sana Shereen Wafa
Zahra Soraya Shirin Parisa Nasrin Mahsa Azadeh Farhad Farid Behrouz Bijan Cyrus Dariush Hossein Javad Kamran Kaveh Mehdi Mehran Mohsen Navid Omid Parviz Reza Saeid Siavash
Wei Fang Xiu Ming Jing Hui Hong Yan Ying Lei Jun Hao Xin Yu Lin Mei Ling Ping Qing Shan Tao Xiang Yang Yong Zhen Zhi Xiaoming Xiaoli Jianguo Guang Bao Chun Feng Guo Haoran
Yuxuan Zihan Yifan Chen Kai Ying-Jie Mei-Ling Wai Siu Ka Chi Kwok Hiroshi Takashi Kenji Akira Satoshi Haruto Yuto Sota Ren Yuki Hana Sakura Aoi Yui Rin Haruka Misaki Emi
Naoko Keiko Yoko Kumiko Akiko Michiko Tomoko Masako Kazuko Noriko Yumiko Ayumi Ayaka Mai Nanami Riko Kenta Daiki Ryo Shota Takumi Naoki Hideo Kazuo Masao Minoru Shigeru Takeshi
Tetsuya Yoshio Min-jun Minjun Seo-yeon Seoyeon Ji-woo Jiwoo Ji-hoon Jihoon Hyun Soo Min Joon Sung Young Eun Kyung Hye Jin Sang Dong Woo Seung Tae Yeon Nguyen Thi Van Minh Anh
Huong Lan Linh Mai Ngoc Phuong Thao Thuy Trang Tuan Duc Dung Hung Khanh Long Nam Phong Quang Quan Son Thanh Thang Trung Viet Vinh Somchai Somsak Somporn Siriporn Nattapong
Kittisak Anong Apinya Chai Malee Niran Pim Ploy Suda Budi Agus Siti Dewi Putri Rizki Dian Eka Indra Joko Sri Wahyu Yanti Nur Fitri Ayu Bambang Hendra Iwan Rudi Slamet Susilo Tri
Jose Juan Carlos Luis Miguel Jorge Pedro Manuel Francisco Antonio Alejandro Javier Fernando Diego Rafael Ricardo Roberto Eduardo Sergio Raul Andres Pablo Alberto Enrique Mario Oscar
Hector Victor Ramon Ruben Julio Cesar Arturo Gerardo Guillermo Gustavo Ignacio Jaime Joaquin Marcos Martin Mateo Santiago Sebastian Tomas Emilio Esteban Felipe Gonzalo Hugo Ivan
Lorenzo Nicolas Rodrigo Salvador Xavier Alvaro Maria Carmen Ana Isabel Dolores Pilar Teresa Rosa Cristina Lucia Marta Elena Paula Raquel Silvia Beatriz Patricia Alicia Adriana
Alejandra Camila Carolina Catalina Claudia Daniela Esperanza Eva Fernanda Gabriela Guadalupe Irene Juana Julieta Leticia Lorena Luisa Luz Magdalena Marisol Mercedes Mariana Monica
Natalia Paloma Rocio Sofia Susana Valentina Valeria Veronica Ximena Yolanda Consuelo Josefina Margarita Joao Tiago Rui Nuno Duarte Goncalo Henrique Paulo Rogerio Thiago Vinicius
Guilherme Leonardo Luiz Marcelo Mateus Murilo Otavio Renato Rodolfo Wagner Wesley Beatriz Bruna Debora Fabiana Flavia Giovana Helena Ines Joana Juliana Larissa Leticia Livia Luana
Luiza Marcia Mariane Rafaela Renata Tatiana Thais Vanessa Vitoria Jean Pierre Jacques Michel Philippe Alain Bernard Andre Henri Louis Claude Christophe Olivier Laurent Nicolas Julien
Sebastien Thierry Pascal Eric Frederic Guillaume Mathieu Antoine Francois Gerard Gilles Yves Marcel Rene Roland Xavier Benoit Cedric Damien Fabien Florian Jerome Lucien Maxime Remi
Romain Sylvain Tristan Valentin Marie Jeanne Francoise Monique Catherine Nathalie Isabelle Sylvie Anne Sophie Camille Lea Manon Chloe Emilie Aurelie Celine Sandrine Valerie Veronique
Brigitte Chantal Christelle Claire Colette Corinne Delphine Dominique Elodie Estelle Florence Genevieve Helene Ingrid Josephine Juliette Laetitia Lucie Madeleine Margaux Mathilde
Mireille Nadine Noemie Odette Pauline Simone Solange Suzanne Yvette Yvonne Hans Peter Klaus Wolfgang Jurgen Juergen Dieter Manfred Uwe Helmut Gerhard Werner Horst Heinz Karl Walter
Heinrich Friedrich Ludwig Otto Ernst Rolf Bernd Rainer Reiner Ralf Frank Stefan Steffen Thomas Andreas Michael Markus Matthias Torsten Thorsten Sven Jens Dirk Olaf Holger Volker Axel
Lars Jan Tobias Florian Sebastian Maximilian Moritz Jonas Niklas Leon Lukas Luca Finn Felix Emil Anton Ursula Monika Petra Sabine Renate Helga Karin Brigitte Ingrid Erika Christa Gisela
Susanne Birgit Andrea Martina Heike Gabriele Claudia Anja Katrin Kathrin Silke Tanja Nicole Stefanie Sandra Julia Katharina Lena Laura Lea Hannah Johanna Greta Frieda Klara Ingeborg
Hildegard Gertrud Elfriede Irmgard Anneliese Waltraud Jutta Antje Britta Elke Imke Maike Wiebke Giuseppe Giovanni Antonio Mario Luigi Francesco Angelo Vincenzo Pietro Salvatore Carlo
Franco Domenico Bruno Paolo Michele Giorgio Aldo Sergio Luciano Alessandro Andrea Matteo Marco Lorenzo Davide Riccardo Simone Federico Gabriele Stefano Roberto Fabio Massimo Claudio
Enrico Emanuele Giacomo Nicola Raffaele Tommaso Umberto Anna Giuseppina Rosa Angela Giovanna Teresa Lucia Carmela Caterina Francesca Antonietta Carla Elena Concetta Rita Margherita
Franca Paola Giulia Chiara Sara Martina Alessia Federica Elisa Silvia Ilaria Valentina Giorgia Serena Simona Roberta Daniela Barbara Cristina Monica Laura Stefania Ornella Raffaella
Sofie Lieke Daan Sem Bram Thijs Ruben Joris Pieter Willem Hendrik Cornelis Gerrit Johannes Jeroen Maarten Sander Wouter Niels Koen Joost Kees Femke Anouk Fleur Sanne Lotte Marieke
Annelies Ilse Saskia Hanneke Erik Lars Anders Johan Per Nils Karl Bjorn Bjoern Gunnar Sven Olof Lennart Mikael Magnus Fredrik Henrik Mats Hakan Kjell Leif Rolf Stig Torbjorn Ulf Viktor
Astrid Birgitta Elin Elsa Emma Eva Ingrid Karin Kerstin Kristina Lena Linnea Maja Margareta Marianne Sigrid Ulla Ole Knut Odd Arne Geir Haakon Ivar Jorgen Kare Kristian Oyvind Terje Tor
Trond Solveig Hege Kari Liv Marit Ragnhild Siri Tone Turid Unni Mette Lone Hanne Kirsten Bente Birthe Inge Jytte Lise Pia Rikke Soren Mogens Niels Poul Flemming Jesper Kasper Rasmus
Matti Juhani Timo Kari Mikko Antti Jukka Heikki Pekka Seppo Hannu Ilkka Jari Juha Kimmo Marko Markku Olli Petri Sami Tapio Teemu Ville Aino Anneli Eeva Helmi Hilkka Kaisa Kirsi Liisa
Maarit Marja Minna Outi Paivi Pirjo Riikka Ritva Sari Satu Tarja Tuula Ulla Jan Piotr Krzysztof Andrzej Tomasz Pawel Michal Marcin Jakub Adam Marek Grzegorz Jozef Lukasz Zbigniew Jerzy
Tadeusz Mateusz Dariusz Mariusz Wojciech Ryszard Henryk Kazimierz Robert Rafal Jacek Janusz Miroslaw Maciej Slawomir Jaroslaw Kamil Wieslaw Roman Wladyslaw Artur Anna Katarzyna Malgorzata
Agnieszka Barbara Ewa Krystyna Magdalena Elzbieta Joanna Aleksandra Zofia Monika Teresa Danuta Natalia Karolina Marta Beata Dorota Halina Jadwiga Janina Alicja Jolanta Grazyna Iwona
Irena Paulina Justyna Zuzanna Bozena Wiktoria Urszula Renata Hanna Agata Ivan Dmitry Dmitri Alexei Alexey Sergei Sergey Nikolai Vladimir Mikhail Andrei Andrey Igor Oleg Boris Yuri Pavel
Maxim Anton Konstantin Roman Vadim Vitaly Viktor Evgeny Kirill Stanislav Leonid Gennady Fyodor Grigory Anastasia Olga Tatiana Elena Irina Natalia Svetlana Ekaterina Yekaterina Marina
Ludmila Galina Larisa Vera Yulia Oksana Ksenia Polina Daria Alina Nadezhda Tamara Zinaida Oleksandr Mykola Volodymyr Andriy Taras Bohdan Oleksandra Kateryna Nataliya Yaroslav Petr Jiri
Vaclav Tomas Josef Jaroslav Zdenek Milan Miroslav Lubos Radek Ondrej Vojtech Jana Hana Lenka Katerina Lucie Vera Alena Petra Veronika Zuzana Marketa Laszlo Istvan Jozsef Janos Zoltan
Sandor Gabor Ferenc Attila Peter Tamas Tibor Andras Csaba Balazs Erzsebet Ilona Katalin Eva Zsuzsanna Agnes Judit Andrea Ildiko Szilvia Ion Gheorghe Vasile Constantin Stefan Mihai Florin
Radu Bogdan Razvan Ioana Mihaela Elena Gabriela Cristina Andreea Georgi Dimitar Ivaylo Todor Hristo Desislava Ivanka Milena Goran Zoran Dragan Nenad Marko Luka Ivana Jelena Milica Snezana
Vesna Ljiljana Dusan Nikola Bojan Dejan Yiannis Giorgos Dimitris Nikos Kostas Vasilis Panagiotis Christos Eleni Vasiliki Aikaterini Sofia Georgia Dimitra Ioanna Despina Mehmet Mustafa
Ahmet Ali Huseyin Hasan Ibrahim Osman Yusuf Murat Omer Emre Burak Can Cem Deniz Efe Kemal Kerem Onur Serkan Tolga Volkan Ayse Fatma Emine Hatice Zeynep Elif Meryem Merve Esra Busra Derya
Ebru Gamze Hande Pinar Selin Sevgi Tugba Yasemin Kwame Kofi Kojo Kwesi Yaw Akosua Ama Abena Adwoa Efua Nana Chinedu Chidi Emeka Ikenna Nnamdi Obinna Uche Chioma Ngozi Ifeoma Adaeze
Amaka Nkechi Oluwaseun Olumide Babatunde Adebayo Tunde Femi Segun Yemi Funke Folake Bola Titilayo Temitope Ayodele Musa Sani Abubakar Aminu Halima Hauwa Zainab Wanjiru Njeri Wambui
Kamau Mwangi Kipchoge Otieno Achieng Akinyi Juma Baraka Amani Neema Zawadi Thabo Sipho Themba Bongani Lerato Nomsa Thandi Zanele Sibusiso Mandla Nkosana Tendai Tatenda Farai Rudo Chipo
Desta Tesfaye Abebe Haile Selam Hiwot Mekdes Fatou Mamadou Ousmane Moussa Ibrahima Awa Aminata Mariama Seydou Cheikh Tyrone Darnell Jamal Malik Deshawn Latoya Keisha Shanice Ebony
Tamika Aaliyah Imani Kenya Darius Terrence Marquis Kiara Tanisha Brianna Destiny Trinity Cody Dustin Travis Derek Shane Brett Chad Craig Dale Darren Dean Doug Dwight Earl Eddie Ernest
Eugene Floyd Fred Gene Glenn Gordon Greg Guy Harvey Herbert Herman Howard Hubert Jared Jay Jeff Jim Jimmy Joel Johnny Jon Josh Julian Ken Kent Kirk Kurt Lance Lee Leonard Leroy Leslie
Lester Lewis Lloyd Lonnie Luke Luther Marc Marcus Marion Marvin Maurice Melvin Micah Micheal Mike Milton Mitchell Morris Nathaniel Neal Ned Nick Norman Pat Perry Phil Phillip Preston
Ralph Ray Reggie Rex Rick Ricky Rob Rodney Roland Ron Ronnie Ross Roosevelt Rufus Sam Sidney Spencer Stan Stanley Steve Stewart Ted Theodore Tim Todd Tom Tommy Tony Troy Vernon Vince
Virgil Wade Wallace Warren Wendell Wilbert Wilbur Wilfred Will Woodrow Zach Agnes Alma Annette Annie April Arlene Audrey Becky Bernice Bertha Bessie Beth Bonnie Candace Carla Carmen
Carole Carrie Cassandra Cathy Charlene Christy Cindy Claire Clara Colleen Connie Courtney Crystal Daisy Dana Darlene Dawn Delores Desiree Dolores Edith Edna Eileen Elaine Eleanor Ellen
Elsie Erica Erin Ethel Faye Felicia Gail Gayle Geraldine Gertrude Gina Gladys Glenda Gwendolyn Ida Irene Irma Jackie Jan Janelle Janie Jeanette Jeannie Jenna Jenny Jill Jo Joann Joanna
Jodi Jody Johanna Josephine Juanita Kate Kathy Katie Katrina Kay Kendra Kim Kristen Kristin Kristina Kristine Kristy Krystal Latasha Lena Lillian Lindsay Lindsey Lois Loretta Lorraine
Lucille Lucy Lula Lydia Lynda Lynette Mabel Mable Mae Marcella Marcia Marguerite Marian Marion Marjorie Marlene Marsha Maryann Mattie Maxine May Meghan Melanie Mildred Mindy Minnie
Miranda Misty Molly Myra Myrtle Nettie Nina Nora Norma Opal Pam Patsy Patti Patty Peggy Phyllis Priscilla Ramona Regina Rhonda Roberta Robin Robyn Rosalie Rose Rosie Roxanne Ruby Sabrina
Sadie Sally Sheri Sherri Sherry Sonya Stacey Stacy Stella Sue Sylvia Tabitha Tamara Tammy Tanya Tara Tasha Teri Terri Thelma Tiffany Tina Toni Tonya Traci Tracy Tricia Valerie Vanessa
Velma Vera Verna Vicki Vickie Viola Vivian Wanda Whitney Wilma Yvette Yvonne Aiden Jayden Caden Hunter Chase Carter Wyatt Landon Colton Easton Lincoln Grayson Jaxon Maverick Everett
Declan Silas Rowan Harper Aria Scarlett Layla Riley Zoey Aubrey Addison Nora Savannah Brooklyn Bella Claire Skylar Paisley Everly Caroline Genesis Kennedy Quinn Piper Aurora Luna
`
