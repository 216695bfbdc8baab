"""Texts in many scripts, with whitespace, marks and tokens that tokenizers treat differently."""
import random

FIXED = [
    "", " ", "   ", "a", "\n", "\t \r\n", "What do lexers read?", "A PARSER reads tokens; isn't that nice?!",
    "Äpfel in Köln – süß, naïve Straße", "ΟΔΟΣ ΣΟΦΟΣ Σ. ςσΣ", "İstanbul'da ılık", "疫苗可以预防疾病。", "カタカナ ｶﾞｷﾞ がぎ",
    "한국어 각", "अस्पताल क्षमा", "اللُّغَة", "ภาษาไทย", "Việt Nam", "emoji 😀👩‍👩‍👧 🇫🇷 ❤️", "ﬁne ｆｕｌｌ ① ½ ™ Å ﷺ ～ ~",
    "zero\u200bwidth soft\u00adhyphen nbsp\u00a0here \ufeffbom\ufeff", " both ends ", "[MASK] [SEP] <mask></s> <s>",
    "e\u0301 a\u0308 o\u0302\u0323", "𝔘𝔫𝔦 𠮷 \U0001e900", "x" * 130 + " long", "newtok newtoken  <ent>  glued<ent>word xnewtokx",
    "3.14159 1,000,000 ¼² 2024-05-01 １２", "control\x01chars\x7f and \ufffd\x00nul", "a_b foo__bar", "▁▁mark ▁", "``quoted'' \"so\"",
    "tabs\tand\nnewlines\r\nand  double   spaces", "\u3000wide\u2028line\u0085next", "camelCaseWords HTMLParser x1y2",
    "one  two   three    four", "don't I'LL we're o'clock's", "Hello, y'all! ... -- ?!?! ((x))", "ᾳ ᾼ ΐ ὖ ᾧ", "\u0345\u0301\u0323",
]
SCRIPTS = dict(
    latin=(0x41, 0x24F), vietnamese=(0x1E00, 0x1EFF), ipa=(0x250, 0x2AF), greek=(0x370, 0x3FF), polytonic=(0x1F00, 0x1FFF),
    cyrillic=(0x400, 0x52F), armenian=(0x530, 0x58F), hebrew=(0x590, 0x5FF), arabic=(0x600, 0x6FF), syriac=(0x700, 0x74F),
    thaana=(0x780, 0x7BF), nko=(0x7C0, 0x7FF), devanagari=(0x900, 0x97F), bengali=(0x980, 0x9FF), gurmukhi=(0xA00, 0xA7F),
    gujarati=(0xA80, 0xAFF), tamil=(0xB80, 0xBFF), telugu=(0xC00, 0xC7F), kannada=(0xC80, 0xCFF), malayalam=(0xD00, 0xD7F),
    sinhala=(0xD80, 0xDFF), thai=(0xE00, 0xE7F), lao=(0xE80, 0xEFF), tibetan=(0xF00, 0xFFF), myanmar=(0x1000, 0x109F),
    georgian=(0x10A0, 0x10FF), jamo=(0x1100, 0x11FF), ethiopic=(0x1200, 0x137F), cherokee=(0x13A0, 0x13FF), khmer=(0x1780, 0x17FF),
    mongolian=(0x1800, 0x18AF), punctuation=(0x2000, 0x206F), letterlike=(0x2070, 0x21FF), kana=(0x3000, 0x30FF),
    han=(0x4E00, 0x9FFF), hangul=(0xAC00, 0xD7A3), compatible=(0xF900, 0xFAFF), presentation=(0xFB00, 0xFEFF),
    halfwidth=(0xFF00, 0xFFEF), mathematical=(0x1D400, 0x1D7FF), emoji=(0x1F1E6, 0x1F6FF), marks=(0x300, 0x36F),
    others=(0x10000, 0x1FFFF), rare=(0x20000, 0x2FA1F), controls=(0, 0xA0),
)
WORDS = "the quick brown Fox jumps Over lazy DOG lexers Read tokens of parsers And sleep hours".split()


def many(count, seed=1):
    """The fixed texts, and others mixed by chance from scripts, words and the fixed texts' words."""
    draw = random.Random(seed)
    pieces = [piece for text in FIXED for piece in text.split(" ") if piece]
    names = list(SCRIPTS)

    def character(script):
        while True:
            point = draw.randint(*SCRIPTS[script])
            if not 0xD800 <= point < 0xE000:
                return chr(point)

    texts = list(FIXED)
    while len(texts) < count:
        script, parts = draw.choice(names), []
        for _ in range(draw.randint(1, 12)):
            kind = draw.random()
            if kind < 0.35:
                parts.append("".join(character(script) for _ in range(draw.randint(1, 8))))
            elif kind < 0.5:
                parts.append(draw.choice(WORDS))
            elif kind < 0.75:
                parts.append(draw.choice(pieces))
            elif kind < 0.85:
                parts.append("".join(character(draw.choice(names)) for _ in range(draw.randint(1, 4))))
            else:
                parts.append(draw.choice(".,?!()-/:;") * draw.randint(1, 3))
            if draw.random() < 0.6:
                parts.append(draw.choice([" "] * 8 + ["  ", "\n", "\u00a0"]))
        texts.append("".join(parts))
    return texts[:count]
