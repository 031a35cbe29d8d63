package email

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A name of a file is mostly too short to tell its charset: what the header of the message
// is in, or is labeled with, or the text above it, tells.
func TestParse_NamesOfFilesAreInTheCharsetOfTheMessage(t *testing.T) {
	for _, test := range []struct{ label, name, beside string }{
		{"windows-1251", "Счёт.pdf", "Вопрос о доставке заказа"},
		{"koi8-u", "Їжа.pdf", "Коли відправите моє замовлення?"},
		{"windows-1250", "źle.jpg", "Pytanie o przesyłkę, proszę o odpowiedź"},
		{"iso-8859-2", "říjen.pdf", "Kdy přijde moje objednávka? Děkuji"},
		{"windows-1253", "Ναι.doc", "Ερώτηση για την παραγγελία"},
		{"windows-1254", "şu.jpg", "Siparişim ne zaman gelecek? Teşekkürler, Çağlar Yıldız"},
		{"windows-1255", "קנס.pdf", "שאלה על ההזמנה שלי"},
		{"windows-1256", "نور.pdf", "سؤال عن طلبي"},
		{"windows-1257", "Sąskaita.pdf", "Kada atvyks mano užsakymas? Ačiū, Eglė"},
		{"windows-874", "ดี.pdf", "สอบถามเรื่องการสั่งซื้อ"},
		{"gbk", "发票.pdf", "关于我的订单的问题"},
		{"big5", "發票.pdf", "請問訂單何時出貨"},
		{"shift_jis", "表.xls", "ご注文の商品について"},
		{"euc-jp", "見積.xls", "ご注文の商品について"},
		{"euc-kr", "견적.pdf", "주문한 상품 배송 문의"},
	} {
		name, beside := inCharset(t, test.label, test.name), inCharset(t, test.label, test.beside)
		word := func(label, raw string) string {
			return "=?" + label + "?B?" + base64.StdEncoding.EncodeToString([]byte(raw)) + "?="
		}
		for how, m := range map[string]struct{ subject, textLabel, text, name string }{
			"raw subject":         {beside, "us-ascii", "See it.", name},
			"words of the header": {word(test.label, beside), "us-ascii", "See it.", name},
			"text":                {"Order", test.label, beside, name},
			"wrong labels":        {word("utf-8", beside), "us-ascii", "See it.", word("utf-8", name)},
		} {
			if test.label == "koi8-u" && (how == "raw subject" || how == "wrong labels") {
				continue // it may be Russian as well
			}
			t.Run(test.label+"/"+how, func(t *testing.T) {
				got := parsed(t, crlf("From: a@buyer.example\nSubject: "+m.subject+
					"\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset="+m.textLabel+
					"\n\n"+m.text+"\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\""+
					m.name+"\"\n\nx\n--b--\n"))
				require.Len(t, got.Attachments, 1)
				assert.Equal(t, test.name, got.Attachments[0].Name)
			})
		}
	}
}

// UTF-8 stays, whatever is beside it.
func TestParse_NamesOfFilesInUTF8Stay(t *testing.T) {
	for _, label := range [...]string{"windows-1251", "gbk", "iso-8859-1"} {
		for _, name := range [...]string{"Счёт.pdf", "发票.pdf", "Größe.pdf"} {
			got := parsed(t, crlf("From: a@buyer.example\nSubject: =?"+label+"?Q?=C4=E0=CA=C7?="+
				"\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee it.\n--b\nContent-Type: application/pdf; name=\""+
				name+"\"\n\nx\n--b--\n"))
			require.Len(t, got.Attachments, 1)
			assert.Equal(t, name, got.Attachments[0].Name)
		}
	}
}
