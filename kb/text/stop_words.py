"""Stop words: words of which a language is built, and which say nothing of what a text is about.

Articles, pronouns and possessives, prepositions, conjunctions, auxiliary verbs and question words,
of each language that kb stems. The lists are short on purpose: a word that may be a subject in a
help center (`estado` in Spanish, `zurück` in German) is in none, though other lists have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.text.characters import normalize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STOP_WORDS = {
    "en": """
        a an the and or but if then than so of in on at to from by for with about as into over
        is are was were be been being am do does did doing have has had having can could will
        would shall should may might must i me my we us our you your he him his she her it its
        they them their this that these those there here what which who whom whose when where
        why how any some all no not such same too very just also only own each both more most
        other im ive id dont doesnt didnt cant isnt wont
        """,
    "ar": """
        في من إلى الى على عن مع هذا هذه ذلك تلك هو هي هم هن أنا نحن أنت أنتم كان كانت يكون تكون
        ليس لا لم لن ما ماذا متى أين اين كيف لماذا هل كم أي اي الذي التي الذين أن ان إن أو او ثم
        بل لكن لكي كي إذا اذا قد سوف كل بعض غير بعد قبل عند عندما حتى أثناء بين منذ لي لك له لها
        لنا لكم لهم يمكن يمكنني و
        """,
    "ca": """
        el la els les un una uns unes de del dels d al als a en amb per pel pels sense sobre
        fins des entre i o ni però que què qui quin quina quins quines quan on com perquè quant
        quants jo tu ell ella nosaltres vosaltres ells elles em et es ens us li hi ho se si no
        ja més meu meva meus meves teu teva seu seva seus seves nostre nostra vostre vostra és
        són era ser sóc ha he han hem havia puc pot podem poden vull aquest aquesta aquests
        aquestes això allò tot tots molt
        """,
    "da": """
        og i jeg det at en et den til er som på de med han af for ikke der var mig sig men har
        om vi min mit mine havde ham hun nu over da fra du ud sin dem os op man hans hvor eller
        hvad skal skulle kan kunne her alle vil ville blev blive være når være dog noget jo
        deres efter dette ned hvis dig dit din dine vores jeres hvordan hvorfor hvornår hvem
        hvilken hvilket hvilke må også
        """,
    "de": """
        der die das den dem des ein eine einen einem einer eines und oder aber wenn dann als so
        von vom in im ins an am auf aus bei beim bis durch für gegen mit nach ohne seit über um
        unter vor zu zum zur ist sind war waren sein bin bist wird werden wurde wurden worden
        habe hat haben hatte hatten habt kann können könnte könnten kannst darf dürfen muss
        müssen soll sollen sollte will wollen möchte möchten ich mich mir du dich dir er ihn ihm
        sie ihr es wir uns euch ihnen mein meine meinen meinem meiner meines dein deine deinen
        deinem deiner unser unsere unseren unserem unserer euer eure ihre ihren ihrem ihrer
        seine seinen seinem seiner dies diese dieser diesen diesem dieses jener jene jenes man
        sich was welche welcher welches welchen welchem wer wem wen wessen wann wo woher wohin
        warum wieso weshalb wie hier da dort nicht kein keine keinen keinem keiner nur auch sehr
        schon noch dass ob weil denn doch mal etwas alle alles
        """,
    "el": """
        ο η το οι τα του της των τον την τους τις ένας μια μία ένα και ή αλλά αν όταν ότι πως
        που σε στο στη στην στον στα στις στους από με για προς κατά μετά πριν χωρίς ως μέχρι
        εγώ εσύ αυτός αυτή αυτό αυτοί αυτές εμείς εσείς μου σου μας σας τους είμαι είσαι είναι
        είμαστε ήταν έχω έχεις έχει έχουμε έχουν θα να δεν μη μην μπορώ μπορεί μπορούμε πώς πού
        πότε γιατί τι ποιος ποια ποιο ποιοι πόσο πόσα πόσες όλα όλοι
        """,
    "es": """
        el la los las un una unos unas lo de del al a en con por para sin sobre desde hasta
        entre y e o u ni pero si que qué quién quien quiénes cuál cual cuáles cuándo cuando
        dónde donde cómo como cuánto cuánta cuántos cuántas por porque yo tú él ella ello
        nosotros vosotros ellos ellas usted ustedes me te se nos os le les mi mis tu tus su sus
        nuestro nuestra nuestros nuestras vuestro vuestra mío mía este esta esto estos estas ese
        esa eso esos esas aquel aquella es son era eran ser soy somos está están estoy estaba he
        ha han hemos había haber puedo puede podemos pueden podría quiero debo debe no muy más
        ya también hay
        """,
    "et": """
        ja või ning aga kui siis et kas ei on oli olen oled oleme olete olid olla see seda selle
        need nende mina ma minu mul mulle mind sina sa sinu sul sulle tema ta teda meie me meil
        meile teie te teil teile nemad nad oma mis mida mille kes keda kelle kus kuhu kust
        millal miks kuidas milline mitu saan saab saame saate saavad pean peab ka ju veel nagu
        kuid sest
        """,
    "eu": """
        eta edo baina ere ez bai da dira naiz zara gara zen ziren izan dut du dugu duzu dute
        nuen zuen dago daude nago ni nire niri zu zure zuri gu gure guri hura haren bera bere
        haiek hau hori honek horrek hauek horiek bat batzuk zer zein nor nork noren non nora
        nondik noiz nola zergatik zenbat dezaket daiteke nahi
        """,
    "fi": """
        ja tai sekä mutta jos kun että niin kuin myös vain ei en et emme ette eivät ole olen
        olet on olemme olette ovat oli olivat olla minä minun minua minulle minulla sinä sinun
        sinua sinulle hän hänen me meidän meille te teidän teille he heidän se sen sitä siitä ne
        niiden tämä tämän tätä tässä nämä tuo mikä mitä minkä missä mistä mihin milloin miksi
        miten kuka kenen ketä kuinka voin voi voimme voitte voivat voinko saanko pitää
        """,
    "fr": """
        le la les l un une des du de d au aux à en dans par pour avec sans sous sur chez vers
        entre et ou mais si que qu qui quoi quel quelle quels quelles quand où comment pourquoi
        combien est-ce ce c cet cette ces ça cela celui celle ceux celles je j tu il elle on
        nous vous ils elles me m te t se s lui leur leurs y mon ma mes ton ta tes son sa ses
        notre nos votre vos être est sont suis sommes êtes était étaient été ai as a avons avez
        ont avait avaient avoir peux peut pouvons pouvez peuvent puis-je dois doit veux voudrais
        ne n pas plus très aussi lequel laquelle
        """,
    "ga": """
        an na a ag ar as ach agus nó má mura go le do de i in ó faoi roimh thar chun gan idir tá
        níl bhí is ba bheith mé mo tú do sé sí sinn ár sibh siad a é í iad seo sin siúd cad
        céard cé cá cathain conas cén cén fáth féidir liom leat dom duit nach ní níor gur
        """,
    "hi": """
        का के की को में से पर और या लेकिन अगर तो कि है हैं था थी थे हो होता होती होते हूँ मैं
        मेरा मेरे मेरी मुझे मुझको हम हमारा हमारे हमारी हमें तुम आप आपका आपके आपकी आपको वह वे यह
        ये इस उस इन उन इसका उसका अपना अपने अपनी क्या क्यों कैसे कब कहाँ कहां कौन किस कौनसा कितना
        कितने ने तक भी ही नहीं न जो जब सकता सकते सकती एक लिए द्वारा साथ
        """,
    "hu": """
        a az egy és vagy de ha hogy nem is van vannak volt voltak lesz lenni vagyok én engem
        nekem te téged neked ő őt neki mi minket nekünk ti nektek ők ez ezt ezek az azt azok ki
        kit kinek mit minek mikor hol hova hová honnan miért hogyan hogy melyik mennyi hány
        milyen csak már még nagyon meg el be kell lehet tudom tudok tud szeretnék saját ami aki
        amely
        """,
    "hy": """
        և ու կամ բայց եթե որ է են եմ ես ենք եք էր էին չէ չի ես ինձ իմ դու քեզ քո նա նրա նրան
        մենք մեր մեզ դուք ձեր ձեզ նրանք նրանց այս այդ այն սա դա ինչ ինչպես ինչու երբ որտեղ ով
        ում որը որքան քանի մի մեջ վրա հետ համար մասին կարող պետք է նաև
        """,
    "id": """
        yang dan atau tetapi tapi jika kalau maka di ke dari pada dengan untuk oleh dalam
        sebagai tentang adalah ialah ada tidak bukan belum sudah telah akan sedang bisa dapat
        boleh harus saya aku kami kita anda kamu dia ia mereka nya ini itu tersebut apa apakah
        siapa mana kapan dimana mengapa kenapa bagaimana berapa juga hanya sangat lebih agar
        supaya karena
        """,
    "it": """
        il lo la i gli le l un uno una di del dello della dei degli delle d a al allo alla ai
        agli alle da dal dallo dalla dai dagli dalle in nel nello nella nei negli nelle su sul
        sullo sulla sui sugli sulle con per tra fra senza e ed o ma se che chi cui quale quali
        quando dove come perché quanto quanta quanti quante io tu lui lei noi voi loro mi ti si
        ci vi ne me te mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro nostra nostri
        nostre vostro vostra vostri vostre questo questa questi queste quello quella quelli
        quelle è sono era erano essere siamo siete sei ho hai ha abbiamo avete hanno aveva avere
        posso può possiamo possono puoi devo deve vorrei voglio non più molto anche già cosa cos
        c
        """,
    "lt": """
        ir arba ar bet jei jeigu kad kaip kai yra buvo būti esu esi esame esate nėra ne aš mano
        man mane tu tavo tau tave jis jo jam ji jos jai mes mūsų mums jūs jūsų jums jie jų jiems
        savo šis ši šie šios tas ta tai tie kas ką ko kam kur kada kodėl kiek kuris kuri kurie į
        iš su be prie per po už apie nuo iki dėl ant galiu gali galima reikia taip pat
        """,
    "ne": """
        को का की लाई मा ले बाट देखि सम्म र वा तर यदि भने कि छ छन् छु छौँ थियो थिए हो हुन् हुन्छ
        हुन म मेरो मेरा मलाई हामी हाम्रो हामीलाई तिमी तपाईं तपाईँ तपाईंको तपाईंलाई ऊ उनी उनको यो
        त्यो यी ती आफ्नो के किन कसरी कहिले कहाँ को कुन कति पनि नै गर्न सक्छु सकिन्छ लागि
        """,
    "nl": """
        de het een en of maar als dan dat van in op aan te tot uit bij met voor door naar om
        over onder zonder tegen is zijn was waren ben bent wordt worden werd heb heeft hebben
        had kan kunnen kunt kon mag moet moeten zal zou zullen wil willen ik mij me jij je u hij
        hem zij ze wij we ons jullie hun hen mijn jouw uw zijn haar onze dit deze die er hier
        daar wat wie welke welk wanneer waar waarom hoe hoeveel niet geen ook nog al alleen zo
        zeer
        """,
    "no": """
        og i jeg det at en et ei den til er som på de med han av for ikke der var meg seg men
        har om vi min mitt mine hadde ham hun nå over da fra du din ditt dine sin dem oss man
        hans hvor eller hva skal skulle kan kunne her alle vil ville ble bli være når noe deres
        etter dette disse hvis deg vår våre deres hvordan hvorfor hvem hvilken hvilket hvilke må
        også
        """,
    "pt": """
        o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela pelos pelas
        para com sem sobre até entre ao à aos às e ou mas se que quem qual quais quando onde
        como porque porquê quanto quanta quantos quantas eu tu ele ela nós vós eles elas você
        vocês me te lhe nos vos lhes meu minha meus minhas teu tua seu sua seus suas nosso nossa
        nossos nossas este esta isto estes estas esse essa isso esses essas aquele aquela aquilo
        é são era eram ser sou somos está estão estou estava foi tem têm tenho temos tinha há
        pode posso podemos podem preciso quero não mais já também muito
        """,
    "ro": """
        și si sau dar dacă că să cu de din la în pe pentru prin despre fără între până este e
        sunt era erau fi am ai are avem aveți au eu mie mă îmi tu ție te îți el lui ea ei îl o
        noi nouă ne voi vouă vă ei ele lor un una unei unui al a ai ale meu mea mei mele tău ta
        tăi tale său sa săi sale nostru noastră vostru voastră acest această acești aceste acel
        acea ce care cine cui când unde cum cât câți câte nu mai foarte pot poate putem trebuie
        vreau se
        """,
    "ru": """
        и в во на с со к ко о об от до из у за по для без при про над под через а но или если то
        что чтобы как так же ли бы не ни я меня мне мной мы нас нам ты тебя тебе вы вас вам он
        его ему она ее её ей оно они их им мой моя мое моё мои моего моей моему моих твой твоя
        наш наша наше наши ваш ваша ваше ваши свой своя свое свои своего этот эта это эти этого
        этой тот та те кто кого кому чей какой какая какое какие который которая которые где
        куда откуда когда почему зачем сколько есть был была было были быть буду будет могу
        можно может можете мочь нужно надо очень уже еще ещё только
        """,
    "sr": """
        и у на са с из од до за о по при без под над преко а али или ако да не ни је сам си смо
        сте су био била било били бити ја мене ме мени ми ти тебе те теби он њега га њему му она
        њу јој њој ви вас вам нас нам они они њих им мој моја моје моји твој твоја његов њен наш
        наша наше ваш ваша ваше свој своја овај ова ово ови тај та то ти ко кога шта што који
        која које где када зашто како колико могу може можемо треба се i u na sa s iz od do za o
        po pri bez pod nad preko a ali ili ako da ne ni je sam si smo ste su bio bila bilo bili
        biti ja mene me meni mi ti tebe te tebi on njega ga njemu mu ona nju joj njoj vi vas vam
        nas nam oni njih im moj moja moje moji tvoj tvoja njegov njen naš naša naše vaš vaša
        vaše svoj svoja ovaj ova ovo ovi taj ta to ko koga šta što koji koja koje gde kada zašto
        kako koliko mogu može možemo treba se
        """,
    "sv": """
        och i jag det att en ett den till är som på de med han av för inte där var mig sig men
        har om vi min mitt mina hade honom hon nu över då från du din ditt dina sin dem oss man
        hans hur eller vad ska skulle kan kunde här alla vill ville blev bli vara när något
        deras efter detta dessa om dig vår våra er era varför vem vems vilken vilket vilka måste
        också
        """,
    "ta": """
        மற்றும் அல்லது ஆனால் என் எனது என்னை எனக்கு நான் நாங்கள் நாம் எங்கள் எங்களுக்கு நீ
        நீங்கள் உங்கள் உங்களுக்கு அவர் அவன் அவள் அவர்கள் அது அவை இது இவை இந்த அந்த என்ன எப்படி
        ஏன் எப்போது எங்கே யார் எது எந்த எவ்வளவு எத்தனை ஒரு இல்லை உள்ளது இருக்கிறது இருக்கும்
        என்று என ஆகும் முடியும் மூலம்
        """,
    "tr": """
        ve veya ya ile ama fakat eğer ise ki de da bir bu şu o bunlar şunlar onlar ben beni bana
        benim sen seni sana senin onu ona onun biz bizi bize bizim siz sizi size sizin onların
        mi mı mu mü ne neden niçin niye nasıl nerede nereye nereden kim kimin hangi kaç zaman
        için gibi kadar daha çok en değil var yok olan olarak olur mıyım miyim
        """,
    "yi": """
        דער די דאָס דעם אַ אַן און אָדער אָבער אויב אַז פון אין אויף מיט צו פֿאַר ביי איז זענען
        איך מיר מיך מײַן דו דיר דיך דײַן ער אים זי איר עס מיר אונדז אונדזער זיי זייער װאָס װער
        װען װוּ װי פֿאַרװאָס ניט נישט קען האָב האָט האָבן
        """,
}  # fmt: skip
"""Stop words by ISO 639-1 code, as they are written."""

COURTESIES = {
    "en": """
        hi hello hey please help thanks thank kindly need want like get getting try trying tried
        know wonder wondering able way possible
        """,
    "de": "hallo hi bitte danke hilfe helfen brauche benötige gerne versuche wissen möglich",
    "es": "hola favor gracias ayuda ayudar necesito quisiera intento intentar saber posible",
    "fr": "bonjour salut merci svp aide aider besoin essaie essayer savoir possible",
    "it": "ciao salve grazie favore aiuto aiutare bisogno provo provare sapere possibile",
    "nl": "hallo dank bedankt alsjeblieft help helpen nodig graag probeer weten mogelijk",
    "pt": "olá oi obrigado obrigada favor ajuda ajudar preciso tento tentar saber possível",
}
"""Greetings, and what people say around a subject: a message of some length is not about them."""

FEW_WORDS = 4
"""So many other words make a message of some length."""

KEPT = "!"
"""Before a word that is no stop word, in the settings."""


def stop_words_of(language: str, changes: Iterable[str] = ()) -> frozenset[str]:
    """The stop words of a language, as surfaces. `changes` are words that are some, too, and behind
    KEPT words that are none.
    """
    words = {normalize(word) for word in STOP_WORDS.get(language, "").split()}
    changes = list(changes)
    words.update(normalize(word) for word in changes if not word.startswith(KEPT))
    words.difference_update(normalize(w.removeprefix(KEPT)) for w in changes if w.startswith(KEPT))
    return frozenset(words)


USUAL, AS_MANY = 5, 2
"""Stop words of a language that an article of it holds, at least; and how often as many as of the
language that it is taken for. Articles of help centers in English hold 25 to 52 of theirs and at
most 8 of any other; of one in German 38, and 3 of English."""


def likely_language(language: str, held: Callable[[str], int], articles: int) -> str:
    """Another language that articles seem to be in than the one that they are taken for, by its
    code; empty if none is plain. `held` says how many of the `articles` hold a word.
    """
    known = language.partition("-")[0].lower()
    counts = {code: sum(map(held, stop_words_of(code))) for code in STOP_WORDS}
    best = max(counts, key=lambda code: (counts[code], code))
    is_plain = counts[best] >= max(USUAL * articles, AS_MANY * counts.get(known, 0), 1)
    return best if is_plain and best != known else ""


def courtesies_of(language: str) -> frozenset[str]:
    """The COURTESIES of a language, as surfaces."""
    return frozenset(normalize(word) for word in COURTESIES.get(language, "").split())
