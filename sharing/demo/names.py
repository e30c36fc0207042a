"""Invented people's names and backgrounds: the communities of a northern city, in rough proportion."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Community:
    """A community: the `share` of children in it, their ethnicity codes, home languages (by weight), and names."""

    share: float
    ethnicity: tuple[str, ...]
    languages: dict[str, int]
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    surnames: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NORTHERN_GIRLS = _words(
    "Amelia Beatrice Bethany Charlotte Chloe Daisy Edie Eleanor Ella Elsie Emily Erin Evie Florence Freya Georgia"
    " Grace Hannah Harriet Holly Imogen Isla Ivy Jessica Katie Lacey Lily Lottie Maisie Matilda Megan Mia Molly"
    " Nancy Niamh Olivia Orla Phoebe Poppy Rosie Ruby Sophie Summer Tilly Violet Willow"
)
_NORTHERN_BOYS = _words(
    "Albert Alfie Archie Arthur Ben Callum Charlie Connor Daniel Dylan Edward Ellis Ethan Felix Finley Frank Freddie"
    " George Harry Harvey Henry Hugo Isaac Jack Jacob Jake James Jenson Joel Joseph Joshua Kian Leo Lewis Liam Logan"
    " Louie Luke Max Nathan Noah Oliver Oscar Ralph Reuben Riley Rory Sam Stanley Ted Theo Toby Tom Wilfred"
)
_NORTHERN_SURNAMES = _words(
    "Ackroyd Ainley Appleyard Armitage Ashworth Barraclough Beaumont Bentham Binns Booth Bottomley Brearley Broadbent"
    " Butterworth Clough Crabtree Crossley Crowther Dyson Earnshaw Eastwood Ellison Feather Firth Garside Gaukroger"
    " Greenwood Haigh Halliday Hanson Hardcastle Hargreaves Hebden Helliwell Hepworth Hinchliffe Holdsworth Holroyd"
    " Horsfall Illingworth Ingham Jagger Jowett Kershaw Lister Longbottom Lumb Mallinson Midgley Murgatroyd Naylor"
    " Normanton Ogden Oldroyd Pickles Priestley Ramsden Rawnsley Redfearn Rushworth Schofield Shackleton Sharples"
    " Stansfield Sugden Sutcliffe Sykes Tempest Thackray Tordoff Turnbull Uttley Varley Waddington Whiteley Widdop"
    " Woodhead Wrigglesworth"
)
_MUSLIM_GIRLS = _words(
    "Aaliyah Aamina Afsana Aisha Aleena Alisha Amani Amina Anaya Anisa Ayesha Bisma Eliza Eshal Fatima Hafsa Haniya"
    " Hiba Hira Humaira Iman Inaya Iqra Javeria Khadija Laiba Maha Mahnoor Manahil Maryam Momina Nimra Noor Rabia"
    " Rida Rimsha Sabah Safa Saira Sana Sidra Sumaya Tayyiba Zahra Zainab Zara Zoya"
)
_MUSLIM_BOYS = _words(
    "Aadil Abdullah Adam Adeel Ahmed Ali Aqib Arham Asad Awais Ayaan Bilal Danyal Ehsan Eisa Faisal Faizan Hamza"
    " Haris Haroon Hashim Hassan Ibrahim Idris Imran Ishaq Ismail Junaid Kamran Mohammed Moosa Musa Mustafa Nabeel"
    " Omar Qasim Rayyan Rehan Saad Salman Sami Shahid Sufyan Taha Talha Umar Usman Yahya Yasir Yusuf Zain Zakariya"
)
_PAKISTANI_SURNAMES = _words(
    "Abbasi Afzal Ahmed Akhtar Akram Ali Amjad Anwar Arshad Asghar Ashraf Aslam Ayub Aziz Bashir Bhatti Butt Chaudhry"
    " Dar Farooq Ghani Gulzar Habib Haider Hamid Hanif Hussain Ibrar Iqbal Ishfaq Jabbar Jamil Javed Kausar Kazmi"
    " Khaliq Khan Kiani Latif Mahmood Majid Malik Masood Mehmood Mir Mirza Mughal Munir Mushtaq Nadeem Nawaz Nazir"
    " Parveen Qadir Qureshi Rafiq Raja Rashid Razaq Rehman Riaz Sabir Sadiq Saeed Saleem Sarwar Shabir Shafiq Shah"
    " Shaheen Sharif Siddique Sultan Tariq Waheed Yaqoob Younis Zaman Zubair"
)

COMMUNITIES = (
    Community(
        0.405, ("WBRI",), {"ENG": 98, "ENB": 2}, _NORTHERN_GIRLS, _NORTHERN_BOYS, _NORTHERN_SURNAMES,
    ),
    Community(
        0.345, ("APKN",), {"ENG": 44, "URD": 20, "PNJ": 12, "PNJM": 8, "PHR": 9, "PAT": 5, "OTB": 2},
        _MUSLIM_GIRLS, _MUSLIM_BOYS, _PAKISTANI_SURNAMES,
    ),
    Community(
        0.035, ("ABAN",), {"ENG": 28, "BNG": 72},
        _words("Afia Anika Farhana Jannat Labiba Maisha Mim Nabila Nusrat Raisa Sadia Tahmina Tasnim Yasmin"),
        _words("Abir Arif Fahim Farhan Jubair Mahdi Nafis Rafi Rahim Sabbir Shafi Tahmid Tanvir Zubayer"),
        _words("Alam Begum Bhuiyan Choudhury Haque Islam Kabir Khatun Miah Mollah Rahman Sarkar Talukder Uddin"),
    ),
    Community(
        0.03, ("AIND",), {"ENG": 48, "GUJ": 22, "PNJG": 20, "HIN": 7, "TAM": 3},
        _words("Anjali Avni Diya Gurleen Harleen Ishani Jasleen Kavya Meera Nisha Prisha Riya Simran Tanvi"),
        _words("Aarav Arjun Dev Gurpreet Harjot Ishaan Jeevan Karan Kiran Nikhil Pavan Rohan Sukhdev Vikram"),
        _words("Bains Chauhan Desai Dhillon Gill Joshi Lad Mistry Parmar Patel Sandhu Sharma Sidhu Solanki Virdee"),
    ),
    Community(
        0.05, ("WOTH", "WEEU", "WOTH"), {"ENG": 14, "POL": 38, "SLO": 16, "RMN": 12, "LTV": 8, "LIT": 7, "UKR": 5},
        _words("Agata Alicja Dorota Elena Gabriela Hanna Ieva Jagoda Kinga Laura Lenka Maja Natalia Oksana Zuzanna"),
        _words("Adrian Bartek Dawid Filip Igor Jakub Kacper Krystian Lukas Marek Mateusz Milan Oskar Szymon Tomas"),
        _words(
            "Balint Borowski Cerny Dabrowski Fiala Gorski Hudak Ionescu Jankowski Kalnins Kovac Kowalczyk Krawczyk"
            " Lewandowski Mazur Novak Ozols Petrauskas Popescu Sikora Stanek Urban Wojcik Zielinski"
        ),
    ),
    Community(
        0.02, ("WROM",), {"SLO": 48, "RMI": 26, "CZE": 12, "ENG": 14},
        _words("Andrea Denisa Dominika Erika Ivana Jana Kristina Monika Nikola Simona Vanesa Viktoria"),
        _words("David Dominik Erik Ivan Jan Kevin Ladislav Marian Martin Patrik Rene Robert Stefan"),
        _words("Balog Bily Cervenak Conka Danko Ferko Gabor Giba Horvat Kandrac Lacko Mirga Pokuta Siva Tancos"),
    ),
    Community(
        0.05, ("MWAS", "MWBC", "MWAS", "MOTH", "MWBA"), {"ENG": 88, "URD": 5, "FRN": 3, "OTB": 4},
        _NORTHERN_GIRLS, _MUSLIM_BOYS + _NORTHERN_BOYS, _NORTHERN_SURNAMES + _PAKISTANI_SURNAMES,
    ),
    Community(
        0.025, ("BAFR", "BAFR", "BCRB", "BOTH"), {"ENG": 46, "FRN": 14, "SOM": 12, "SWA": 8, "YOR": 10, "TGR": 10},
        _words("Abeba Adaeze Ama Chiamaka Efua Folake Hodan Imani Makena Nia Precious Temi Wanjiru Zola"),
        _words("Abel Ayo Chidi Dawit Emeka Femi Jabari Kofi Kwame Liban Obinna Samatar Tendai Tunde"),
        _words("Abara Adeyemi Boateng Diallo Farah Kamau Mensah Moyo Nwosu Okafor Osei Sesay Tesfaye Warsame"),
    ),
    Community(
        0.03, ("OOTH", "AOTH", "OOTH", "CHNE"), {"ENG": 18, "ARA": 30, "KUR": 22, "PRS": 14, "CHI": 8, "MLM": 8},
        _words("Asma Dilan Farida Hana Jwana Leyla Lina Mei Narin Parisa Rania Roza Shirin Yara"),
        _words("Amir Aram Azad Behnam Daoud Karwan Khalid Nawid Rebwar Sherzad Tarek Wei Yousif Ziad"),
        _words("Al-Hadi Aziz Barzani Chen Darwish Ebrahimi Farhadi Haddad Karimi Mansour Nouri Rostam Saleh Wang"),
    ),
    Community(
        0.01, ("WIRI", "REFU", "NOBT", "WIRT"), {"ENG": 92, "REF": 4, "NOT": 4},
        _words("Aoife Bridget Caoimhe Ciara Maeve Roisin Sinead Una"),
        _words("Aidan Cormac Declan Eoin Fergal Oisin Padraig Ronan"),
        _words("Brannigan Carmody Devlin Farrell Gallagher Kinsella Mulcahy O'Dowd Quinlan Tierney"),
    ),
)  # fmt: skip
_SHARES = [community.share for community in COMMUNITIES]
_BY_ETHNICITY = {code: community for community in reversed(COMMUNITIES) for code in community.ethnicity}


@dataclass(frozen=True)
class Invented:
    """A person: names, sex, ethnicity and first language."""

    forename: str
    middle_names: str
    surname: str
    sex: str
    ethnicity: str
    language: str


def somebody(rng: Random) -> Invented:
    """Draw a child at random."""
    community = rng.choices(COMMUNITIES, _SHARES)[0]
    sex = rng.choice("FM")
    forenames = community.girls if sex == "F" else community.boys
    forename, middle, has_middle = rng.choice(forenames), rng.choice(forenames), rng.random() < 0.35
    return Invented(
        forename=forename,
        middle_names=middle if has_middle and middle != forename else "",
        surname=rng.choice(community.surnames),
        sex=sex,
        ethnicity=rng.choice(community.ethnicity),
        language=rng.choices(list(community.languages), list(community.languages.values()))[0],
    )


def adults_of(ethnicity: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Forenames of the women and of the men of this community."""
    community = _BY_ETHNICITY[ethnicity]
    return community.girls, community.boys
