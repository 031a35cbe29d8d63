package email

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// receiptSubjects begin the subjects of receipts of Outlook; receiptTexts say in their text what
// became of a message.
var (
	receiptSubjects = phrases.New([]string{"read:", "not read:", "gelesen:", "ungelesen:", "nicht gelesen:", "lu :",
		"lu:", "non lu :", "leído:", "no leído:", "letto:", "non letto:", "lida:", "lido:", "não lida:", "gelezen:",
		"niet gelezen:", "läst:", "läses:", "oläst:", "læst:", "lest:", "ulæst:", "ulest:", "luettu:", "przeczytano:",
		"przeczytane:", "přečteno:", "prečítané:", "elolvasva:", "citit:", "прочитано:", "прочтено:", "okundu:",
		"αναγνώστηκε:", "開封済み:", "開封:", "已读:", "已閱讀:", "已讀:", "읽음:", "נקרא:", "تمت القراءة:"})
	receiptTexts = phrases.New([]string{"was read on", "was deleted without being read", "was read at", " gelesen",
		"a été lu", "a été supprimé sans", "se leyó el", "ha sido leído", "fue leído", "è stato letto", "è stata letta",
		"foi lida", "foi lido", "is gelezen", "lästes", "har lästs", "blev læst", "er læst", "ble lest", "on luettu",
		"luettiin", "przeczytan", "byla přečtena", "bola prečítaná", "elolvas", "a fost citit", "прочитан", "прочтен",
		"okundu", "διαβάστηκε", "αναγνώστηκε", "開封", "読まれました", "阅读", "已读", "閱讀", "已讀", "읽었", "읽음", "נקראה",
		"تمت قراءة"})
)

// receiptHead is how much of a text is looked at for the words of a receipt, in bytes.
const receiptHead = 1 << 10

// isReceipt reports the text of a receipt, as Outlook writes it. A receipt may have lost its
// report (RFC 8098) on the way.
func isReceipt(text string) bool {
	lower := strings.ToLower(strings.ToValidUTF8(text[:min(len(text), receiptHead)], ""))
	return yourMail.In(lower) && receiptTexts.In(lower) && !hasSalutation(lower)
}
