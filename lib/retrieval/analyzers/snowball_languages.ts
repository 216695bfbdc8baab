import { stemmer as arabic } from "@orama/stemmers/arabic";
import { stemmer as armenian } from "@orama/stemmers/armenian";
import { stemmer as danish } from "@orama/stemmers/danish";
import { stemmer as dutch } from "@orama/stemmers/dutch";
import { stemmer as finnish } from "@orama/stemmers/finnish";
import { stemmer as french } from "@orama/stemmers/french";
import { stemmer as german } from "@orama/stemmers/german";
import { stemmer as greek } from "@orama/stemmers/greek";
import { stemmer as hindi } from "@orama/stemmers/indian";
import { stemmer as hungarian } from "@orama/stemmers/hungarian";
import { stemmer as indonesian } from "@orama/stemmers/indonesian";
import { stemmer as irish } from "@orama/stemmers/irish";
import { stemmer as italian } from "@orama/stemmers/italian";
import { stemmer as lithuanian } from "@orama/stemmers/lithuanian";
import { stemmer as nepali } from "@orama/stemmers/nepali";
import { stemmer as norwegian } from "@orama/stemmers/norwegian";
import { stemmer as portuguese } from "@orama/stemmers/portuguese";
import { stemmer as romanian } from "@orama/stemmers/romanian";
import { stemmer as russian } from "@orama/stemmers/russian";
import { stemmer as serbian } from "@orama/stemmers/serbian";
import { stemmer as spanish } from "@orama/stemmers/spanish";
import { stemmer as swedish } from "@orama/stemmers/swedish";
import { stemmer as tamil } from "@orama/stemmers/tamil";
import { stemmer as turkish } from "@orama/stemmers/turkish";
import { stopwords as arabicStops } from "@orama/stopwords/arabic";
import { stopwords as armenianStops } from "@orama/stopwords/armenian";
import { stopwords as danishStops } from "@orama/stopwords/danish";
import { stopwords as dutchStops } from "@orama/stopwords/dutch";
import { stopwords as finnishStops } from "@orama/stopwords/finnish";
import { stopwords as frenchStops } from "@orama/stopwords/french";
import { stopwords as germanStops } from "@orama/stopwords/german";
import { stopwords as greekStops } from "@orama/stopwords/greek";
import { stopwords as hindiStops } from "@orama/stopwords/indian";
import { stopwords as hungarianStops } from "@orama/stopwords/hungarian";
import { stopwords as indonesianStops } from "@orama/stopwords/indonesian";
import { stopwords as irishStops } from "@orama/stopwords/irish";
import { stopwords as italianStops } from "@orama/stopwords/italian";
import { stopwords as lithuanianStops } from "@orama/stopwords/lithuanian";
import { stopwords as nepaliStops } from "@orama/stopwords/nepali";
import { stopwords as norwegianStops } from "@orama/stopwords/norwegian";
import { stopwords as portugueseStops } from "@orama/stopwords/portuguese";
import { stopwords as romanianStops } from "@orama/stopwords/romanian";
import { stopwords as russianStops } from "@orama/stopwords/russian";
import { stopwords as serbianStops } from "@orama/stopwords/serbian";
import { stopwords as spanishStops } from "@orama/stopwords/spanish";
import { stopwords as swedishStops } from "@orama/stopwords/swedish";
import { stopwords as tamilStops } from "@orama/stopwords/tamil";
import { stopwords as turkishStops } from "@orama/stopwords/turkish";

/** A language with a Snowball stemmer. */
export interface SnowballLanguage {
  /** Its name, which is the analyzer's. */
  readonly name: string;
  /** ISO 639-1 code. */
  readonly code: string;
  /** Stem of a lowercase word. */
  readonly stem: (word: string) => string;
  /** Words that are not indexed. */
  readonly stopWords: readonly string[];
}

/** Languages of Snowball 2, except for English, whose analyzer is Lucene's. */
export const SNOWBALL_LANGUAGES: readonly SnowballLanguage[] = [
  { name: "arabic", code: "ar", stem: arabic, stopWords: arabicStops },
  { name: "armenian", code: "hy", stem: armenian, stopWords: armenianStops },
  { name: "danish", code: "da", stem: danish, stopWords: danishStops },
  { name: "dutch", code: "nl", stem: dutch, stopWords: dutchStops },
  { name: "finnish", code: "fi", stem: finnish, stopWords: finnishStops },
  { name: "french", code: "fr", stem: french, stopWords: frenchStops },
  { name: "german", code: "de", stem: german, stopWords: germanStops },
  { name: "greek", code: "el", stem: greek, stopWords: greekStops },
  { name: "hindi", code: "hi", stem: hindi, stopWords: hindiStops },
  { name: "hungarian", code: "hu", stem: hungarian, stopWords: hungarianStops },
  { name: "indonesian", code: "id", stem: indonesian, stopWords: indonesianStops },
  { name: "irish", code: "ga", stem: irish, stopWords: irishStops },
  { name: "italian", code: "it", stem: italian, stopWords: italianStops },
  { name: "lithuanian", code: "lt", stem: lithuanian, stopWords: lithuanianStops },
  { name: "nepali", code: "ne", stem: nepali, stopWords: nepaliStops },
  { name: "norwegian", code: "no", stem: norwegian, stopWords: norwegianStops },
  { name: "portuguese", code: "pt", stem: portuguese, stopWords: portugueseStops },
  { name: "romanian", code: "ro", stem: romanian, stopWords: romanianStops },
  { name: "russian", code: "ru", stem: russian, stopWords: russianStops },
  { name: "serbian", code: "sr", stem: serbian, stopWords: serbianStops },
  { name: "spanish", code: "es", stem: spanish, stopWords: spanishStops },
  { name: "swedish", code: "sv", stem: swedish, stopWords: swedishStops },
  { name: "tamil", code: "ta", stem: tamil, stopWords: tamilStops },
  { name: "turkish", code: "tr", stem: turkish, stopWords: turkishStops },
];
