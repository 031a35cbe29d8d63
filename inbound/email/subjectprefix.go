package email

import "strings"

// subjectKind is what the prefix of a subject says.
type subjectKind int

const (
	subjectPlain subjectKind = iota
	subjectReply
	subjectForward
	subjectEither // "VS": it forwards in Danish and Norwegian, and answers in Finnish
)

// longestPrefix is longer than any prefix of a subject, in bytes.
const longestPrefix = 40

// isReply reports the subject of an answer.
func (k subjectKind) isReply() bool { return k == subjectReply || k == subjectEither }

// subjectKindOf reads the first prefix of a subject, behind tags such as "[External]".
func subjectKindOf(subject string) subjectKind {
	for strings.HasPrefix(subject, "[") {
		end := strings.IndexByte(subject, ']')
		if end < 0 || end > longestPrefix {
			break
		}
		subject = strings.TrimLeft(subject[end+1:], " ")
	}
	head := subject[:min(len(subject), longestPrefix)]
	at, _ := indexColon(head)
	if at <= 0 {
		return subjectPlain
	}
	prefix := strings.TrimRight(strings.TrimRight(head[:at], " \u00a0"), "0123456789()[]^ ") // "Re[2]:"
	switch {
	case strings.EqualFold(prefix, "vs"):
		return subjectEither
	case forwardPrefixes.has(prefix):
		return subjectForward
	case replyPrefixes.has(prefix):
		return subjectReply
	}
	return subjectPlain
}

var (
	// forwardPrefixes begin the subject of what is forwarded, with a colon.
	forwardPrefixes = wordsOf(
		"fwd|fw|forward|forwarded|wg|wtr|weitergeleitet|tr|réf|rv|reenv|rnv|i|enc|encaminhada|encam|inoltra|pd|przek",
		"vb|vl|doorst|dst|vidarebef|fs|ilt|i̇lt|ilet|tov|továbbítás|továbbítva|redir|ymlaen|posr|prosl|proslj|πρθ|πρωθ",
		"пересл|переслано|пересылка|пер|прп|препр|нпр|تحويل|إعادة توجيه|הועבר|转发|轉寄|轉發|转寄|転送|전달",
		"přep|vid|ct|chuyển tiếp|trs|trus|terusan|ส่งต่อ|pers|pārs|edasi",
	)

	// replyPrefixes begin the subject of an answer, with a colon.
	replyPrefixes = wordsOf(
		"re|aw|antw|antwort|sv|ref|rif|r|rép|réponse|resp|res|rsp|odp|od|vá|vál|ynt|yan|cev|απ|σχετ|bls|balas|atb|ats",
		"на|отв|ответ|відп|отг|одг|atsakymas|회신|답장|回复|答复|回覆|返信|תגובה|השב|رد|trả lời|tl|ตอบกลับ|ตอบ|răsp|vst|vast|ang",
		"答覆|回信|hồi âm",
	)
)
