package email

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// words are names in lower case, in many languages.
type words map[string]bool

// wordsOf returns the words of lists that are separated by bars.
func wordsOf(lists ...string) words { return phrases.Words(lists...) }

// has reports whether a word is among them, in any case. It allocates nothing for ASCII.
func (w words) has(word string) bool {
	var lower [longestLabel]byte
	if len(word) > len(lower) {
		return false
	}
	for i := range len(word) {
		c := word[i]
		if c >= 0x80 {
			return w[strings.ToLower(word)]
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	return w[string(lower[:len(word)])]
}

var (
	// fromLabels are the names of From in the header that mail programs write above a
	// forwarded message.
	fromLabels = wordsOf(
		"from|von|de|da|van|från|fra|frá|lähettäjä|saatja|kellelt|no|nuo|od|ad",
		"expéditeur|remitente|remetente|mittente|afzender|avsändare|afsender|avsender|absender|nadawca|sūtītājs",
		"siuntėjas|odesílatel|odosielateľ|feladó|šalje|pošiljatelj|pošiljalac|pošilja|de la|expeditor|nork|oddi wrth|ó",
		"kimden|gönderen|kimdən|από|αποστολέας|от|от кого|отправитель|од|від|від кого|відправник|ад|ад каго|кімнен",
		"подател|发件人|發件人|寄件者|寄件人|差出人|送信者|送信元|보낸 사람|보낸사람|보낸이|발신|발신자|발신인",
		"מאת|من|از|فرستنده|từ|người gửi|dari|daripada|pengirim|จาก|प्रेषक|से|প্রেরক|ვისგან|ումից",
	)

	// forwardStems are in every line that announces a forwarded message.
	forwardStems = phrases.New([]string{
		"forward", "weitergeleitet", "transféré", "réexpédié", "reenviad", "reenviat", "encaminhad", "inoltrat",
		"doorgestuurd", "vidarebefordra", "vidaresän", "videresend", "framsend", "välitet", "edelleen läh",
		"edasta", "przekazan", "przesłan", "přeposlan", "předáv", "předan", "preposlan", "továbbít", "redirecțion",
		"redirecţion", "proslij", "proslje", "prosleđ", "posredovan", "iletil", "iletiyi başlat", "yönlendirilmiş",
		"προωθ", "пересыл", "пересл", "переадрес", "перенаправ", "препрат", "проследе", "перасла",
		"転送", "转发", "轉寄", "轉發", "转寄", "전달", "הועבר", "מועבר", "معاد توجيه", "إعادة توجيه", "محولة",
		"chuyển tiếp", "diteruskan", "terusan", "ส่งต่อ", "persiųst", "persiun", "peradresuot", "pārsūt", "birsend",
		"birbidal", "ymlaen", "अग्रेषित", "بازارسال", "هدایت شده",
	})
)
