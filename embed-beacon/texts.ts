/** What the beacon says, in the language of the page. A language that is not here reads English. */

type Texts = {
  readonly down: string
  readonly disputed: string
  readonly returning: string
  /** In place of a blog's name where the page has none. */
  readonly someBlog: string
  readonly read: string
  readonly checking: string
  readonly failed: string
  readonly home: string
  readonly close: string
  /** Beside a link that leads to a copy. */
  readonly mark: string
  readonly original: string
  readonly roll: string
}

/** `*` is the blog's name. In the order of the fields above. */
const lines: Readonly<Record<string, string>> = {
  en: '* cannot be reached. Its newest posts are on mirrors.|* cannot be reached from everywhere. Its newest posts are on mirrors too.|* is coming back. Its newest posts are on mirrors too.|A blog of our network|Read it on a mirror|Checking the evidence …|Could not be checked. Try again|Try the blog itself|Close this notice|down: this link opens a copy|original|Down now, posting here',
  de: '* ist nicht erreichbar. Die neuesten Beiträge liegen auf Spiegeln.|* ist nicht von überall erreichbar. Die neuesten Beiträge liegen auch auf Spiegeln.|* kommt gerade zurück. Die neuesten Beiträge liegen auch auf Spiegeln.|Ein Blog unseres Netzes|Auf einem Spiegel lesen|Belege werden geprüft …|Nicht prüfbar. Noch einmal versuchen|Das Blog selbst versuchen|Hinweis schließen|nicht erreichbar: dieser Link öffnet eine Kopie|Original|Gerade nicht erreichbar, schreiben hier',
  fr: '* est injoignable. Ses derniers billets sont sur des miroirs.|* n’est pas joignable de partout. Ses derniers billets sont aussi sur des miroirs.|* revient. Ses derniers billets sont aussi sur des miroirs.|Un blog de notre réseau|Lire sur un miroir|Vérification des preuves…|Vérification impossible. Réessayer|Essayer le blog lui-même|Fermer cet avis|injoignable : ce lien ouvre une copie|original|Injoignables, publient ici',
  es: 'No se puede acceder a *. Sus últimas entradas están en espejos.|No se puede acceder a * desde todas partes. Sus últimas entradas también están en espejos.|* está volviendo. Sus últimas entradas también están en espejos.|Un blog de nuestra red|Leer en un espejo|Comprobando las pruebas…|No se pudo comprobar. Reintentar|Probar el blog mismo|Cerrar este aviso|caído: este enlace abre una copia|original|Caídos ahora, publican aquí',
  pt: 'Não é possível acessar *. As publicações mais recentes estão em espelhos.|Não é possível acessar * de todos os lugares. As publicações mais recentes também estão em espelhos.|* está voltando. As publicações mais recentes também estão em espelhos.|Um blog da nossa rede|Ler em um espelho|Verificando as provas…|Não foi possível verificar. Tentar de novo|Tentar o próprio blog|Fechar este aviso|fora do ar: este link abre uma cópia|original|Fora do ar, publicam aqui',
  ar: 'تعذّر الوصول إلى *. أحدث تدويناتها على مرايا.|تعذّر الوصول إلى * من بعض الأماكن. أحدث تدويناتها على مرايا أيضًا.|* في طريقها إلى العودة. أحدث تدويناتها على مرايا أيضًا.|مدوّنة من شبكتنا|اقرأها على مرآة|جارٍ التحقق من الأدلة…|تعذّر التحقق. حاول مرة أخرى|جرّب المدوّنة نفسها|أغلق هذا التنبيه|متوقفة: هذا الرابط يفتح نسخة|الأصل|متوقفة الآن وتنشر هنا',
  he: 'אין גישה אל *. הרשומות החדשות נמצאות באתרי מראה.|אין גישה אל * מכל מקום. הרשומות החדשות נמצאות גם באתרי מראה.|* חוזר לפעולה. הרשומות החדשות נמצאות גם באתרי מראה.|בלוג מהרשת שלנו|לקריאה באתר מראה|בודק את הראיות…|הבדיקה נכשלה. לנסות שוב|לנסות את הבלוג עצמו|סגירת ההודעה|לא זמין: הקישור פותח עותק|המקור|לא זמינים כעת, כותבים כאן',
  ja: '*に接続できません。最新の記事はミラーにあります。|*に接続できない場所があります。最新の記事はミラーにもあります。|*は復旧中です。最新の記事はミラーにもあります。|このネットワークのブログ|ミラーで読む|証拠を確認しています…|確認できませんでした。もう一度試す|ブログ本体を試す|この通知を閉じる|停止中:このリンクはコピーを開きます|元のページ|停止中、こちらで更新',
}

export const languages: readonly string[] = Object.keys(lines)

/** The texts of a language tag like "pt-BR". */
export function textsOf(tag: string): { readonly texts: Texts; readonly language: string; readonly isRtl: boolean } {
  const wanted = tag.toLowerCase().split('-')[0]!
  const language = Object.hasOwn(lines, wanted) ? wanted : 'en'
  const [down, disputed, returning, someBlog, read, checking, failed, home, close, mark, original, roll] = lines[
    language
  ]!.split('|') as [string, ...string[]] & Record<number, string>
  const texts = { down, disputed, returning, someBlog, read, checking, failed, home, close, mark, original, roll }
  return { texts: texts as Texts, language, isRtl: /^(ar|he)$/.test(language) }
}
