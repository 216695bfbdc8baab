/** How thoughts begin, and what they are about, by language. A passage may begin alike, but is not about the task. */
const THOUGHTS: readonly (readonly [begins: RegExp, about: RegExp])[] = [
  [
    /^(?:(?:okay|ok|alright|all right|right|so|well|hm+|now|first(?:ly)?|wait|actually|let'?s|let me|i (?:need|have|must|should|want|am asked|will|'ll)|i(?:'|’)ll|we(?:'re| are)? (?:need|have|must|should|want|asked|to)|the (?:user|query|task|prompt|instructions?)|my (?:task|goal|job)|(?:in order )?to (?:write|create|generate|answer)|looking at the|understanding the|got it)\b)/i,
    /\b(?:the user|hard[- ]negatives?|the (?:query|task|prompt|passages?|documents?|positive|instructions?|format|topic)|(?:write|draft|create|generate|need|produce) (?:\w+ ){0,3}(?:passages?|documents?|negatives?|texts?|quer(?:y|ies)|topics?)|json|as a topic|let me think|i need to (?:think|figure|come up)|let'?s think)\b/i,
  ],
  [
    /^(?:(?:thinking|thoughts?|reasoning|analysis)(?: process)?\s*[:.…—-]|here(?:'s| is) my (?:thought|thinking|reasoning))/i,
    /^/,
  ],
  [
    /^(?:好的?|嗯+|首先|那么|现在|让我|我(?:需要|应该|得|要|先)|用户|这个(?:问题|任务|查询))/u,
    /用户|任务|查询|文档|段落|负例|负样本|写(?:两|一|几|出)|思考|格式|要求/u,
  ],
  [
    /^(?:まず|さて|えっと|うーん|では|ユーザー|ここで|私は)/u,
    /ユーザー|タスク|クエリ|文書|段落|書く必要|考え|形式|ネガティブ/u,
  ],
  [/^(?:좋아|좋습니다|음|먼저|우선|사용자|이제)/u, /사용자|쿼리|문서|작성|과제|단락|생각/u],
  [
    /^(?:okay|ok|also|gut|hm+|zuerst|zunächst|der (?:nutzer|benutzer|user)|ich (?:muss|soll|sollte|brauche)|lass mich|die aufgabe)(?![\p{L}])/iu,
    /\b(?:nutzer|benutzer|user|aufgabe|anfrage|dokumente?|abs[aä]tze|passagen?|texte? (?:zu )?schreiben|nachdenken)(?![\p{L}])/iu,
  ],
  [
    /^(?:d'accord|bon|bien|ok|hm+|d'abord|tout d'abord|l'utilisateur|je dois|il faut que je|voyons)(?![\p{L}])/iu,
    /(?:l'utilisateur|la requête|documents?|passages?|la tâche|réfléchi|écrire)(?![\p{L}])/iu,
  ],
  [
    /^(?:bien|bueno|vale|ok|hm+|primero|el usuario|necesito|tengo que|debo|veamos|entonces)(?![\p{L}])/iu,
    /(?:usuario|consulta|documentos?|pasajes?|la tarea|pensar|escribir)(?![\p{L}])/iu,
  ],
  [
    /^(?:bem|certo|ok|hm+|primeiro|o usuário|o utilizador|preciso|tenho que|devo|vamos)(?![\p{L}])/iu,
    /(?:usuário|utilizador|consulta|documentos?|passagens|a tarefa|pensar|escrever)(?![\p{L}])/iu,
  ],
  [
    /^(?:va bene|allora|ok|hm+|bene|prima di tutto|l'utente|devo|vediamo)(?![\p{L}])/iu,
    /(?:l'utente|la query|documenti|passaggi|il compito|pensare|scrivere)(?![\p{L}])/iu,
  ],
  [
    /^(?:хорошо|ладно|итак|сначала|пользователь|мне (?:нужно|надо)|давай(?:те)?|хм+|так)(?![\p{L}])/iu,
    /(?:пользовател|запрос|документ|отрыв|задач|подума|написать)/iu,
  ],
];
/** Characters within which a thought names its subject. */
const OPENING = 400;
/** A line that introduces the answer. */
const INTRODUCED =
  /^[ \t>#*_]*(?:(?:here(?:'s|’s| is| are) (?:my|the|two|three|four|\d+|your)? ?(?:final |revised |resulting )?(?:response|answer|output|(?:hard[- ]negative )?(?:passages?|documents?|negatives?))[^\n.]{0,60}|(?:my |the )?final (?:answer|response|output|passages?|documents?|version)|response|answer|output|最终(?:答案|回答|输出)|回答|答案|最終(?:回答|的な回答)|最终|최종 (?:답변|답)|endgültige antwort|antwort|réponse(?: finale)?|respuesta(?: final)?|resposta(?: final)?|risposta(?: finale)?|(?:окончательный )?ответ)[ \t*_]*[:：][ \t*_]*|(?:final (?:answer|response|output)|response|answer|output)[ \t*_]*)$/gimu;
/** The same within a line. */
const INTRODUCED_WITHIN = /here(?:'s|’s| is) my (?:final )?(?:response|answer)\s*:/gi;

/** Whether a text begins by thinking about the task. */
export function thinksAloud(text: string): boolean {
  const opening = text.trimStart().slice(0, OPENING).replace(/^[>#*_\s]+/, "");
  return THOUGHTS.some(([begins, about]) => begins.test(opening) && about.test(opening));
}

/**
 * The answer of a reply in plain text that begins with unmarked thoughts: what follows the last line that introduces the
 * answer, or the last item numbered 1 and all after it. Undefined if nothing separates the two. A text that does not
 * begin with a thought is returned unchanged.
 */
export function afterThoughts(text: string): string | undefined {
  if (!thinksAloud(text)) return text;
  const introduced = [...text.matchAll(INTRODUCED), ...text.matchAll(INTRODUCED_WITHIN)]
    .map((match) => match.index + match[0].length).sort((a, b) => a - b);
  const rest = text.slice(introduced.at(-1) ?? text.length).trim();
  if (rest !== "") return rest;
  const first = [
    ...text.matchAll(/^[ \t>]*(?:[*_#]*\s*)(?:(?:passage|document|hard[- ]negative|query)\s*#?)?1\s*[.):：]/gim),
  ].at(-1);
  return first && text.slice(first.index);
}
